#include <array>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "simulate_county/writers/byte_defects.hpp"
#include "simulate_county/writers/encoding.hpp"
#include "simulate_county/writers/writers.hpp"

namespace simulate {
namespace {

std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            std::array<char, 8> escape{};
            std::snprintf(escape.data(), escape.size(), "\\u%04x",
                          static_cast<unsigned>(static_cast<unsigned char>(c)));
            out += escape.data();
        } else {
            out += c;
        }
    }
    return out + '"';
}

bool is_number(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    if (text.empty() || text.front() == '.' || text.back() == '.' ||
        (text.size() > 1 && text.front() == '0' && text[1] != '.'))
        return false;
    return text.find_first_not_of("0123456789.") == std::string_view::npos && text.find('.') == text.rfind('.');
}

std::string value_text(ColumnType type, const Cell& cell) {
    if (!cell) return "null";
    if (type == ColumnType::boolean) {
        if (*cell == "true" || *cell == "1" || *cell == "Y") return "true";
        if (*cell == "false" || *cell == "0" || *cell == "N") return "false";
    }
    if ((type == ColumnType::integer || type == ColumnType::decimal) && is_number(*cell)) return *cell;
    return json_string(*cell);
}

// An object under construction: members in order of first mention, objects inside.
class ObjectNode {
  public:
    void set(std::string_view pointer, std::string value) {
        if (pointer.starts_with('/')) pointer.remove_prefix(1);
        const auto slash = pointer.find('/');
        if (slash == std::string_view::npos) {
            member(pointer).value = std::move(value);
        } else {
            member(pointer.substr(0, slash)).children().set(pointer.substr(slash + 1), std::move(value));
        }
    }
    std::string text() const {
        std::string out = "{";
        for (const Member& entry : members_) {
            if (out.size() > 1) out += ',';
            out += json_string(entry.name) + ":" + (entry.object.empty() ? entry.value : entry.object.front().text());
        }
        return out + "}";
    }

  private:
    struct Member {
        std::string name;
        std::string value;
        std::vector<ObjectNode> object;  // none or one
        ObjectNode& children() {
            if (object.empty()) object.emplace_back();
            return object.front();
        }
    };
    Member& member(std::string_view name) {
        for (Member& entry : members_) {
            if (entry.name == name) return entry;
        }
        members_.push_back({std::string(name), "null", {}});
        return members_.back();
    }
    std::vector<Member> members_;
};

// Writes the records of a dump, nested tables inside their parents' objects.
class JsonWriter {
  public:
    explicit JsonWriter(const SystemDump& dump) {
        for (const Table& table : dump.tables) {
            if (table.parent.empty()) continue;
            Children children{&table, {}};
            const std::size_t link = table.column(table.parent_link);
            for (std::size_t row = 0; row < table.rows.size(); ++row)
                children.rows[table.rows[row][link].value_or("")].push_back(row);
            children_[table.parent].push_back(std::move(children));
            if (!table.defects.empty()) refuse_defect(table, table.defects.front().kind);
        }
    }

    std::string record(const Table& table, std::size_t row) const {
        ObjectNode node;
        Row cells = table.rows[row];
        for (const Defect& defect : defects_of(table, row)) {
            if (defect.kind == DefectKind::undecodable_byte)
                cells[defect.column] = with_byte(cells[defect.column].value_or(""), '\xFF');
        }
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            const std::string path = table.column_paths.empty() ? table.columns[i] : table.column_paths[i];
            if (path.empty() || (table.omit_null && !cells[i])) continue;
            node.set(path, value_text(table.types.empty() ? ColumnType::text : table.types[i], cells[i]));
        }
        const auto nested = children_.find(table.name);
        if (nested != children_.end()) {
            for (const Children& children : nested->second) {
                const Cell& key = table.rows[row][table.column(children.table->parent_key)];
                std::string array = "[";
                const auto rows = children.rows.find(key.value_or(""));
                if (key && rows != children.rows.end()) {
                    for (const std::size_t child : rows->second)
                        array += (array.size() > 1 ? "," : "") + record(*children.table, child);
                }
                node.set(children.table->path, array + "]");
            }
        }
        return node.text();
    }

  private:
    struct Children {
        const Table* table;
        std::unordered_map<std::string, std::vector<std::size_t>> rows;  // by parent key
    };
    std::map<std::string, std::vector<Children>> children_;
};

}  // namespace

void write_json_pages(const SystemDump& dump, const std::filesystem::path& folder) {
    make_folder(folder);
    const JsonWriter writer(dump);
    for (const Table& table : dump.tables) {
        if (!table.parent.empty()) continue;
        expect_no_defects(table);
        std::string bytes = "[\n";
        for (std::size_t row = 0; row < table.rows.size(); ++row) {
            bytes += writer.record(table, row);
            bytes += row + 1 < table.rows.size() ? ",\n" : "\n";
        }
        write_file(folder / (table.file_name() + ".json"), bytes + "]\n");
    }
}

void write_ndjson(const SystemDump& dump, const std::filesystem::path& folder) {
    make_folder(folder);
    const JsonWriter writer(dump);
    for (const Table& table : dump.tables) {
        if (!table.parent.empty()) continue;
        std::string bytes;
        for (std::size_t row = 0; row < table.rows.size(); ++row) {
            std::string line = writer.record(table, row);
            for (const Defect& defect : defects_of(table, row)) {
                if (defect.kind == DefectKind::truncated_line)
                    line.resize(line.size() / 2);
                else if (defect.kind == DefectKind::nul_byte)
                    line = with_byte(line, '\0');
                else if (defect.kind != DefectKind::undecodable_byte)
                    refuse_defect(table, defect.kind);
            }
            bytes += line + "\n";
        }
        write_file(folder / (table.file_name() + ".ndjson"), bytes);
    }
}

}  // namespace simulate
