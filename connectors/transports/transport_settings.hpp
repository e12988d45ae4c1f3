#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "extract/transport.hpp"

namespace caseweave {

/// Reads a transport's settings: the job's value where it gives one, else the connector's, else the option table's
/// fallback. Every key asked for must stand in the option table, so that the table cannot fall behind the code.
class TransportSettings {
  public:
    /// `options` is the transport's table; both must outlive this.
    TransportSettings(const TransportContext& context, const std::vector<OptionDescriptor>& options)
        : context_(&context), options_(&options) {}

    /// Reads a string; one whose fallback is "required" and that nobody gives is a SettingsError.
    std::string string(std::string_view key) const;
    /// Reads a whole number; outside `least` to `most` it is a SettingsError.
    std::int64_t integer(std::string_view key, std::int64_t least, std::int64_t most) const;
    bool boolean(std::string_view key) const;
    std::vector<std::string> strings(std::string_view key) const;
    /// Looks a secret up. @throws SettingsError where the job names none.
    std::string secret(std::string_view key) const;
    /// Throws for a key that nobody asked for.
    void finish() const;

    /// Makes a SettingsError that points at the key where it stands.
    [[noreturn]] void fail(std::string_view key, const std::string& message) const;

  private:
    const OptionDescriptor& option(std::string_view key) const;

    const TransportContext* context_;
    const std::vector<OptionDescriptor>* options_;
};

}  // namespace caseweave
