#include "settings/toml_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cassert>
#include <fstream>
#include <sstream>

#include "core/error.hpp"
#include "settings/asked_keys.hpp"

namespace caseweave {

struct TomlTable::Node {
    std::shared_ptr<toml::table> root;  // keeps the file alive
    const toml::table* table = nullptr;
    const toml::table* place = nullptr;  // the table, or where it is absent the one around it
    std::string name;                    // with those of the tables around it: "system.education"; "" = the whole file
    std::string file;
    std::map<std::string, AskedKey, std::less<>> asked;                     // `inside` stays null: handed_out holds it
    std::vector<std::pair<std::string, std::shared_ptr<Node>>> handed_out;  // with the key each stands under
    bool names_are_free = false;                                            // someone asked which keys there are

    std::shared_ptr<Node> child(std::string_view key, const toml::table* child_table) {
        auto node = std::make_shared<Node>();
        node->root = root;
        node->table = child_table;
        node->place = child_table != nullptr ? child_table : place;
        node->name = name.empty() ? std::string(key) : fmt::format("{}.{}", name, key);
        node->file = file;
        handed_out.emplace_back(key, node);
        return node;
    }

    AskedKey& ask(std::string_view key, TomlKind kind) {
        AskedKey& entry = asked.try_emplace(std::string(key)).first->second;
        entry.kinds.insert(kind);
        return entry;
    }

    const toml::node* get(std::string_view key, TomlKind kind) {
        ask(key, kind);
        return table != nullptr ? table->get(key) : nullptr;
    }
};

namespace {

[[noreturn]] void fail_at(const std::string& file, const toml::source_region& where, const std::string& message) {
    // A file without a line has no place; its first one is where something is missing.
    throw SettingsError(file, std::max(where.begin.line, 1U), std::max(where.begin.column, 1U), message);
}

std::string_view type_word(const toml::node& node) {
    switch (node.type()) {
        case toml::node_type::table:
            return "a table";
        case toml::node_type::array:
            return "an array";
        case toml::node_type::string:
            return "a string";
        case toml::node_type::integer:
            return "an integer";
        case toml::node_type::floating_point:
            return "a number";
        case toml::node_type::boolean:
            return "true or false";
        case toml::node_type::date:
        case toml::node_type::time:
        case toml::node_type::date_time:
            return "a date or time";
        case toml::node_type::none:
            break;
    }
    return "nothing";
}

[[noreturn]] void fail_type(const std::string& file, std::string_view key, const toml::node& node,
                            std::string_view wanted) {
    fail_at(file, node.source(), fmt::format("{} must be {}, not {}", key, wanted, type_word(node)));
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

/// Writes words as a sentence has them: a, b or c. A single one is quoted, or it would not look like one.
std::string either(std::span<const std::string_view> words) {
    if (words.size() == 1) return fmt::format("\"{}\"", words.front());
    return fmt::format("{} or {}", fmt::join(words.first(words.size() - 1), ", "), words.back());
}

thread_local ParsedFiles* parsed_files = nullptr;

}  // namespace

ParsedFiles::ParsedFiles() {
    assert(parsed_files == nullptr);
    parsed_files = this;
}

ParsedFiles::~ParsedFiles() {
    parsed_files = nullptr;
}

AskedTable ParsedFiles::asked() const {
    AskedTable all;
    for (const TomlTable& table : tables_) {
        if (all.keys.empty()) {
            all = table.asked();
        } else {
            all.add(table.asked());
        }
    }
    return all;
}

std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates) {
    constexpr std::size_t kFarthest = 3;  // beyond three edits a suggestion is a guess
    std::string best;
    std::size_t best_distance = kFarthest + 1;
    for (const std::string& candidate : candidates) {
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < best_distance && distance < std::max(word.size(), candidate.size())) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

std::string quote_toml(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            quoted += '\\';
            quoted += c;
        } else if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
            quoted += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
        } else {
            quoted += c;
        }
    }
    return quoted + '"';
}

TomlTable TomlTable::parse_file(const std::filesystem::path& file) {
    return parse(read_settings_file(file), file.string());
}

std::string read_settings_file(const std::filesystem::path& file, std::string_view what) {
    const auto fail = [&](std::string_view why) {
        throw Error(ErrorKind::usage, fmt::format("cannot read {}{}: {}", what, file.string(), why));
    };
    std::error_code unknown;
    if (std::filesystem::is_directory(file, unknown)) fail("it is a folder");
    std::ifstream in(file, std::ios::binary);
    if (!in) fail("check the path and its permissions");
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

TomlTable TomlTable::parse(std::string_view text, const std::string& name) {
    auto node = std::make_shared<Node>();
    try {
        node->root = std::make_shared<toml::table>(toml::parse(text, name));
    } catch (const toml::parse_error& error) {
        throw SettingsError(name, error.source().begin.line, error.source().begin.column,
                            std::string(error.description()));
    }
    node->table = node->place = node->root.get();
    node->file = name;
    TomlTable parsed(std::move(node));
    if (parsed_files != nullptr) parsed_files->tables_.push_back(parsed);
    return parsed;
}

bool TomlTable::has(std::string_view key) const {
    return node_ && node_->table != nullptr && node_->table->contains(key);
}

std::optional<std::string> TomlTable::optional_string(std::string_view key) const {
    if (!node_) return std::nullopt;
    const toml::node* value = node_->get(key, TomlKind::string);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) fail_type(node_->file, key, *value, "a string");
    return value->as_string()->get();
}

std::string TomlTable::string(std::string_view key) const {
    auto value = optional_string(key);
    if (!value) fail_missing(key);
    node_->ask(key, TomlKind::string).required = true;
    return *value;
}

std::string TomlTable::string(std::string_view key, std::string_view fallback) const {
    return optional_string(key).value_or(std::string(fallback));
}

std::string TomlTable::word(std::string_view key, std::span<const std::string_view> words) const {
    string(key);
    return word(key, words, {});
}

std::string TomlTable::word(std::string_view key, std::span<const std::string_view> words,
                            std::string_view fallback) const {
    const auto given = optional_string(key);
    takes_only(key, words);
    if (!given) return std::string(fallback);
    if (std::ranges::find(words, *given) == words.end()) fail(key, fmt::format("{} must be {}", key, either(words)));
    return *given;
}

void TomlTable::takes_only(std::string_view key, std::span<const std::string_view> words) const {
    if (node_) node_->asked[std::string(key)].words.assign(words.begin(), words.end());
}

std::int64_t TomlTable::integer(std::string_view key, std::int64_t fallback) const {
    const toml::node* value = node_ ? node_->get(key, TomlKind::integer) : nullptr;
    if (value == nullptr) return fallback;
    if (!value->is_integer()) fail_type(node_->file, key, *value, "an integer");
    return value->as_integer()->get();
}

double TomlTable::number(std::string_view key, double fallback) const {
    const toml::node* value = node_ ? node_->get(key, TomlKind::number) : nullptr;
    if (value == nullptr) return fallback;
    if (!value->is_number()) fail_type(node_->file, key, *value, "a number");
    return *value->value<double>();
}

bool TomlTable::boolean(std::string_view key, bool fallback) const {
    const toml::node* value = node_ ? node_->get(key, TomlKind::boolean) : nullptr;
    if (value == nullptr) return fallback;
    if (!value->is_boolean()) fail_type(node_->file, key, *value, "true or false");
    return value->as_boolean()->get();
}

std::vector<std::string> TomlTable::strings(std::string_view key) const {
    const toml::node* value = node_ ? node_->get(key, TomlKind::strings) : nullptr;
    if (value == nullptr) return {};
    if (value->is_string()) return {value->as_string()->get()};
    if (!value->is_array()) fail_type(node_->file, key, *value, "a string or an array of strings");
    std::vector<std::string> result;
    for (const toml::node& element : *value->as_array()) {
        if (!element.is_string()) fail_type(node_->file, key, element, "an array of strings");
        result.push_back(element.as_string()->get());
    }
    return result;
}

TomlTable TomlTable::table(std::string_view key) const {
    if (!node_) return {};
    const toml::node* value = node_->get(key, TomlKind::table);
    if (value == nullptr) return TomlTable(node_->child(key, nullptr));
    if (!value->is_table()) fail_type(node_->file, key, *value, "a table");
    return TomlTable(node_->child(key, value->as_table()));
}

TomlTable TomlTable::detached_table(std::string_view key) const {
    TomlTable result = table(key);
    if (node_) node_->handed_out.pop_back();
    return result;
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) const {
    const toml::node* value = node_ ? node_->get(key, TomlKind::tables) : nullptr;
    if (value == nullptr) return {};
    if (!value->is_array()) fail_type(node_->file, key, *value, "an array of tables");
    std::vector<TomlTable> result;
    for (const toml::node& element : *value->as_array()) {
        if (!element.is_table()) fail_type(node_->file, key, element, "an array of tables");
        result.push_back(TomlTable(node_->child(key, element.as_table())));
    }
    return result;
}

std::vector<std::pair<std::int64_t, std::int64_t>> TomlTable::integer_pairs(std::string_view key) const {
    const toml::node* value = node_ ? node_->get(key, TomlKind::integer_pair) : nullptr;
    std::vector<std::pair<std::int64_t, std::int64_t>> result;
    if (value == nullptr) return result;
    const toml::array* array = value->as_array();
    if (array == nullptr || array->size() != 2 || !(*array)[0].is_integer() || !(*array)[1].is_integer()) {
        fail_type(node_->file, key, *value, "a pair of integers such as [1, 12]");
    }
    result.emplace_back((*array)[0].as_integer()->get(), (*array)[1].as_integer()->get());
    return result;
}

std::vector<double> TomlTable::numbers(std::string_view key) const {
    const toml::node* value = node_ ? node_->get(key, TomlKind::numbers) : nullptr;
    std::vector<double> result;
    if (value == nullptr) return result;
    const toml::array* array = value->as_array();
    if (array == nullptr) fail_type(node_->file, key, *value, "an array of numbers");
    for (const toml::node& element : *array) {
        if (!element.is_number()) fail_type(node_->file, key, *value, "an array of numbers");
        result.push_back(*element.value<double>());
    }
    return result;
}

bool TomlTable::is_table(std::string_view key) const {
    return has(key) && node_->table->get(key)->is_table();
}

bool TomlTable::is_string(std::string_view key) const {
    return has(key) && node_->table->get(key)->is_string();
}

std::vector<std::string> TomlTable::keys() const {
    std::vector<std::pair<toml::source_position, std::string>> found;
    if (node_) node_->names_are_free = true;
    if (node_ && node_->table != nullptr) {
        for (const auto& [key, value] : *node_->table) {
            node_->asked.try_emplace(std::string(key.str()));
            found.emplace_back(key.source().begin, std::string(key.str()));
        }
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> result;
    for (auto& entry : found) result.push_back(std::move(entry.second));
    return result;
}

void TomlTable::finish() const {
    if (!node_ || node_->table == nullptr) return;
    for (const auto& [key, value] : *node_->table) {
        if (node_->asked.contains(key.str())) continue;
        std::vector<std::string> known;
        for (const auto& entry : node_->asked) known.push_back(entry.first);
        const std::string suggestion = nearest_word(key.str(), known);
        std::string message = fmt::format("unknown key \"{}\"", key.str());
        if (!suggestion.empty()) {
            message += fmt::format("; did you mean \"{}\"?", suggestion);
        } else if (!known.empty()) {
            message += fmt::format("; known here: {}", fmt::join(known, ", "));
        }
        fail_at(node_->file, key.source(), message);
    }
    for (const auto& [key, child] : node_->handed_out) TomlTable(child).finish();
}

AskedTable TomlTable::asked() const {
    AskedTable result;
    if (!node_) return result;
    const bool free = node_->names_are_free;
    const auto under = [&](const std::string& name) -> AskedKey& {
        return result.keys[free ? std::string(AskedTable::kAnyName) : name];
    };
    for (const auto& [name, key] : node_->asked) {
        AskedKey& entry = under(name);
        entry.kinds.insert(key.kinds.begin(), key.kinds.end());
        entry.required = key.required && !free;
        if (!key.words.empty()) entry.words = key.words;
    }
    for (const auto& [name, child] : node_->handed_out) under(name).add_inside(TomlTable(child).asked());
    return result;
}

void TomlTable::fail_missing(std::string_view key) const {
    if (node_ && node_->table != nullptr) {
        for (const auto& [other, value] : *node_->table) {
            // Beyond half a word it is another one; a key that someone has asked for is spelt as it should be.
            if (!value.is_string() || node_->asked.contains(other.str())) continue;
            if (edit_distance(key, other.str()) * 2 > key.size()) continue;
            fail_at(node_->file, other.source(),
                    fmt::format("{} is missing; did you mean it by \"{}\"?", key, other.str()));
        }
    }
    const bool absent = node_ && node_->table == nullptr;
    fail(key, fmt::format("{} is missing{}", key, absent ? fmt::format(": there is no [{}]", node_->name) : ""));
}

void TomlTable::fail(std::string_view key, const std::string& message) const {
    if (!node_) throw Error(ErrorKind::usage, message);
    const toml::node* value = node_->table != nullptr ? node_->table->get(key) : nullptr;
    if (value != nullptr) fail_at(node_->file, value->source(), message);
    fail_at(node_->file, node_->place != nullptr ? node_->place->source() : toml::source_region{}, message);
}

const std::string& TomlTable::file() const {
    static const std::string kNone;
    return node_ ? node_->file : kNone;
}

}  // namespace caseweave
