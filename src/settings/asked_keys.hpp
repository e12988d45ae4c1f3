#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "settings/toml_table.hpp"

namespace caseweave {

/// Lists what a reader can ask a TOML table for.
enum class TomlKind : std::uint8_t { string, strings, integer, integer_pair, number, numbers, boolean, table, tables };

struct AskedTable;

/// Says what readers ask for under one key.
struct AskedKey {
    std::set<TomlKind> kinds;            ///< several where a value may come in more than one form
    bool required = false;               ///< no table may do without it
    std::vector<std::string> words;      ///< a string is one of these; empty = any
    std::unique_ptr<AskedTable> inside;  ///< of the tables under the key, taken together; null where none was read

    void add_inside(AskedTable&& table);
};

/// Says what readers ask of the tables at one place of a file: the keys that a settings file can have there.
struct AskedTable {
    /// Stands for every key of a table whose keys are names that the file chooses.
    static constexpr std::string_view kAnyName = "*";

    std::map<std::string, AskedKey, std::less<>> keys;

    /// Adds what was asked of another table at the same place; what not both require is not required.
    void add(AskedTable&& other);
};

/// Keeps the files that this thread parses while it lives, so that asked() tells what their readers wanted.
///
/// At most one on a thread at a time.
class ParsedFiles {
  public:
    ParsedFiles();
    ~ParsedFiles();
    ParsedFiles(const ParsedFiles&) = delete;
    ParsedFiles& operator=(const ParsedFiles&) = delete;

    /// Says what was asked of all the files together.
    AskedTable asked() const;

  private:
    friend class TomlTable;
    std::vector<TomlTable> tables_;
};

}  // namespace caseweave
