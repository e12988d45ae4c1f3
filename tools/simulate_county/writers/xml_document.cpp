#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "simulate_county/writers/byte_defects.hpp"
#include "simulate_county/writers/encoding.hpp"
#include "simulate_county/writers/manifest.hpp"
#include "simulate_county/writers/writers.hpp"

namespace simulate {
namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::vector<std::string> steps_of(std::string_view path) {
    std::vector<std::string> steps;
    while (!path.empty()) {
        const auto end = std::min(path.find('/'), path.size());
        steps.emplace_back(path.substr(0, end));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return steps;
}

// An element with its attributes, then text, then children in order of first mention.
struct Element {
    std::string name;
    std::string attributes;
    std::string text;
    bool present = false;  // has a text, be it empty
    std::vector<Element> children;

    Element& child(const std::string& wanted) {
        if (!children.empty() && children.back().name == wanted) return children.back();
        const auto found =
            std::find_if(children.begin(), children.end(), [&](const Element& e) { return e.name == wanted; });
        if (found != children.end()) return *found;
        children.push_back({wanted, {}, {}, false, {}});
        return children.back();
    }

    void write(std::string& out, std::size_t depth) const {
        out.append(depth * 2, ' ');
        out += "<" + name + attributes;
        if (children.empty() && text.empty()) {
            out += "/>\n";
            return;
        }
        out += ">" + text;
        if (!children.empty()) {
            out += '\n';
            for (const Element& element : children) element.write(out, depth + 1);
            out.append(depth * 2, ' ');
        }
        out += "</" + name + ">\n";
    }
};

void set_value(Element& record, const std::string& path, const std::string& value) {
    if (path == ".") {
        record.text = escaped(value);
        return;
    }
    Element* at = &record;
    for (const std::string& step : steps_of(path)) {
        if (step.starts_with('@')) {
            at->attributes += " " + step.substr(1) + "=\"" + escaped(value) + "\"";
            return;
        }
        at = &at->child(step);
    }
    at->text = escaped(value);
    at->present = true;
}

class XmlWriter {
  public:
    explicit XmlWriter(const SystemDump& dump) {
        for (const Table& table : dump.tables) {
            for (const Defect& defect : table.defects) {
                const bool byte = defect.kind == DefectKind::undecodable_byte || defect.kind == DefectKind::nul_byte;
                const bool written = table.column_paths.empty() || !table.column_paths[defect.column].empty();
                if (!byte || !written) refuse_defect(table, defect.kind);
            }
            if (table.parent.empty()) continue;
            Children children{&table, {}};
            const std::size_t link = table.column(table.parent_link);
            for (std::size_t row = 0; row < table.rows.size(); ++row) {
                if (table.rows[row][link]) children.rows[*table.rows[row][link]].push_back(row);
            }
            children_[table.parent].push_back(std::move(children));
        }
    }

    Element record(const Table& table, std::size_t row, const std::string& name) const {
        Element element;
        element.name = name;
        const std::vector<Defect> defects = defects_of(table, row);
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            const std::string path = table.column_paths.empty() ? table.columns[i] : table.column_paths[i];
            Cell value = table.rows[row][i];
            for (const Defect& defect : defects) {
                if (defect.column == i)
                    value = with_byte(value.value_or(""), defect.kind == DefectKind::nul_byte ? '\0' : '\xFF');
            }
            if (!path.empty() && value) set_value(element, path, *value);
        }
        const auto nested = children_.find(table.name);
        if (nested == children_.end()) return element;
        for (const Children& children : nested->second) {
            const Cell& key = table.rows[row][table.column(children.table->parent_key)];
            const auto rows = key ? children.rows.find(*key) : children.rows.end();
            if (rows == children.rows.end()) continue;
            std::vector<std::string> steps = steps_of(children.table->path);
            const std::string leaf = steps.back();
            steps.pop_back();
            Element* at = &element;
            for (const std::string& step : steps) at = &at->child(step);
            for (const std::size_t child : rows->second) at->children.push_back(record(*children.table, child, leaf));
        }
        return element;
    }

  private:
    struct Children {
        const Table* table;
        std::unordered_map<std::string, std::vector<std::size_t>> rows;  // by parent key
    };
    std::map<std::string, std::vector<Children>> children_;
};

}  // namespace

void write_xml(const SystemDump& dump, const std::filesystem::path& folder) {
    make_folder(folder);
    const XmlWriter writer(dump);
    Manifest manifest(folder);
    std::vector<std::string> files;
    for (const Table& table : dump.tables) {
        if (table.parent.empty() && std::find(files.begin(), files.end(), table.file_name()) == files.end())
            files.push_back(table.file_name());
    }
    for (const std::string& file : files) {
        std::string bytes = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
        std::string root;
        std::size_t rows = 0;
        for (const Table& table : dump.tables) {
            if (!table.parent.empty() || table.file_name() != file) continue;
            std::vector<std::string> steps = steps_of(table.path);
            if (steps.size() < 2)
                throw std::logic_error("table " + table.name + " needs a path of a root and a record element");
            if (root.empty()) bytes += "<" + steps.front() + ">\n";
            root = steps.front();
            for (std::size_t i = 1; i + 1 < steps.size(); ++i)
                bytes += std::string(i * 2, ' ') + "<" + steps[i] + ">\n";
            for (std::size_t row = 0; row < table.rows.size(); ++row)
                writer.record(table, row, steps.back()).write(bytes, steps.size() - 1);
            for (std::size_t i = steps.size() - 2; i >= 1; --i)
                bytes += std::string(i * 2, ' ') + "</" + steps[i] + ">\n";
            rows += table.rows.size();
        }
        bytes += "</" + root + ">\n";
        manifest.add(file + ".xml", bytes, rows);
    }
    manifest.write();
}

}  // namespace simulate
