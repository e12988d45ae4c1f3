#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "extract/connector.hpp"
#include "extract/transport.hpp"

namespace caseweave {

/// Holds the transports and formats compiled in, by name. connectors/register.cpp fills it in one readable list.
class Registry {
  public:
    using MakeTransport = std::function<std::unique_ptr<Transport>(const TransportContext&)>;
    using MakeFormat = std::function<std::unique_ptr<Format>()>;

    /// Holds what makes a transport or format, and the table of its settings.
    template <typename Make>
    struct Entry {
        Make make;
        std::vector<OptionDescriptor> options;
    };
    template <typename Make>
    using Entries = std::map<std::string, Entry<Make>, std::less<>>;

    void add_transport(std::string name, MakeTransport make, std::vector<OptionDescriptor> options = {}) {
        transports_.emplace(std::move(name), Entry<MakeTransport>{std::move(make), std::move(options)});
    }
    void add_format(std::string name, MakeFormat make, std::vector<OptionDescriptor> options = {}) {
        formats_.emplace(std::move(name), Entry<MakeFormat>{std::move(make), std::move(options)});
    }

    /// Makes a connector. An unknown transport or format is a SettingsError that lists the known ones.
    std::unique_ptr<Connector> connect(std::shared_ptr<const ConnectorDefinition> definition,
                                       const TransportContext& context) const;

    const Entries<MakeTransport>& transports() const noexcept { return transports_; }
    const Entries<MakeFormat>& formats() const noexcept { return formats_; }

  private:
    Entries<MakeTransport> transports_;
    Entries<MakeFormat> formats_;
};

/// Registers every transport and format of connectors/. Defined in connectors/register.cpp.
void register_transports_and_formats(Registry& registry);

}  // namespace caseweave
