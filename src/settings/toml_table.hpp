#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caseweave {

struct AskedTable;

/// Reads one table of a TOML file strictly: every key must be asked for, else finish() reports it.
///
/// Wrong types, missing keys and unknown keys are SettingsErrors with file, line and column; an unknown key
/// comes with the nearest known one. Cheap to copy; keeps the parsed file alive.
class TomlTable {
  public:
    /// Parses a file; a syntax error is a SettingsError.
    static TomlTable parse_file(const std::filesystem::path& file);
    /// Parses text that stands for `name` in messages (tests, fuzzers).
    static TomlTable parse(std::string_view text, const std::string& name);

    /// Makes an empty table that knows no file.
    TomlTable() = default;

    bool has(std::string_view key) const;
    std::string string(std::string_view key) const;  ///< required
    std::string string(std::string_view key, std::string_view fallback) const;
    std::optional<std::string> optional_string(std::string_view key) const;
    /// A string that is one of `words`; another one is a SettingsError that lists them.
    std::string word(std::string_view key, std::span<const std::string_view> words) const;  // required
    std::string word(std::string_view key, std::span<const std::string_view> words, std::string_view fallback) const;
    /// Notes that whoever reads `key` takes these words only, and refuses others itself.
    void takes_only(std::string_view key, std::span<const std::string_view> words) const;
    std::int64_t integer(std::string_view key, std::int64_t fallback) const;
    double number(std::string_view key, double fallback) const;
    bool boolean(std::string_view key, bool fallback) const;
    /// A string or an array of strings; empty when absent.
    std::vector<std::string> strings(std::string_view key) const;
    /// An array of numbers; empty when absent.
    std::vector<double> numbers(std::string_view key) const;
    /// A pair of integers such as [1, 12]: one entry, or none when the key is absent.
    std::vector<std::pair<std::int64_t, std::int64_t>> integer_pairs(std::string_view key) const;
    /// A sub-table; an empty table when absent.
    TomlTable table(std::string_view key) const;
    /// A sub-table that someone else reads and finishes: this table's finish() does not look into it.
    TomlTable detached_table(std::string_view key) const;
    /// An array of tables ([[key]]); empty when absent.
    std::vector<TomlTable> tables(std::string_view key) const;
    /// Tells whether the value is a table (and not a string or array).
    bool is_table(std::string_view key) const;
    bool is_string(std::string_view key) const;
    /// Keys in file order, and marks them all as asked for.
    std::vector<std::string> keys() const;

    /// Throws for the first key nobody asked for, here and in every table handed out.
    void finish() const;
    /// Says what was asked for so far, here and in every table handed out: asked_keys.hpp.
    AskedTable asked() const;

    /// Makes a SettingsError that points at `key`; where it is absent at the table, where that is too at the one
    /// around.
    [[noreturn]] void fail(std::string_view key, const std::string& message) const;
    const std::string& file() const;

  private:
    struct Node;
    /// Says that a required string is missing, and points at the key that may be it mistyped.
    [[noreturn]] void fail_missing(std::string_view key) const;
    explicit TomlTable(std::shared_ptr<Node> node) : node_(std::move(node)) {}
    std::shared_ptr<Node> node_;
};

/// Writes a text as a TOML string, quotes included.
std::string quote_toml(std::string_view text);

/// Reads the text of a settings file. @param what stands before its name in the error ("job file ").
/// @throws Error(usage) where it cannot be read.
std::string read_settings_file(const std::filesystem::path& file, std::string_view what = {});

/// Returns the candidate within edit distance 3 that is nearest to `word`, or "".
std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace caseweave
