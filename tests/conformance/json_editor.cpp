#include <algorithm>
#include <boost/json/src.hpp>

#include "conformance/document_editor.hpp"

namespace caseweave::conformance {

namespace {

namespace json = boost::json;

/// Texts that stand in a tree for what a tree cannot hold; seal() puts it in. Private-use characters: no data has them.
constexpr std::string_view kBadByte = "\xEE\x80\x80";  // a byte that is not UTF-8
constexpr std::string_view kTwice = "\xEE\x80\x82";    // the member stands twice
constexpr std::string_view kCutOff = "\xEE\x80\x83";   // the record stops here

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

std::vector<std::string> split_pointer(std::string_view pointer) {
    std::vector<std::string> names;
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const std::size_t end = std::min(pointer.find('/'), pointer.size());
        names.emplace_back(pointer.substr(0, end));
        pointer.remove_prefix(end);
    }
    return names;
}

class JsonEditor final : public DocumentEditor {
  public:
    explicit JsonEditor(const ConnectorDefinition& connector)
        : lines_(connector.format_settings.boolean("ndjson", false)),
          next_pointer_(connector.transport_settings.string("next_pointer", "/next_cursor")) {}

    bool settable(const EntityDefinition& entity, const std::string& column) const override {
        return pointer_of(entity, column).starts_with('/');
    }

    void add_column(std::string& document, const EntityDefinition& entity, const std::string& name,
                    const std::string& value) const override {
        edit(document, entity, [&](json::array& records) {
            for (json::value& record : records) record.as_object()[name] = value;
        });
    }

    void drop_column(std::string& document, const EntityDefinition& entity, const std::string& column) const override {
        edit(document, entity, [&](json::array& records) {
            for (json::value& record : records) set(record, pointer_of(entity, column), nullptr);
        });
    }

    void remove_all_rows(std::string& document, const std::vector<const EntityDefinition*>& entities) const override {
        for (const EntityDefinition* entity : entities) {
            // All at once where records of several entities nest: the outermost array.
            edit_arrays(document, outer_path(*entity), [](json::array& records) { records.clear(); });
        }
    }

    bool copy_row(std::string& document, const EntityDefinition& entity, const Fields& like,
                  const Fields& changes) const override {
        bool found = false;
        edit(document, entity, [&](json::array& records) {
            const json::value* const original = found ? nullptr : find(records, entity, like);
            if (original == nullptr) return;
            found = true;
            json::value copy = *original;
            for (const auto& [column, text] : changes) {
                const json::value value = json::string(text);
                set(copy, pointer_of(entity, column), &value);
            }
            records.push_back(std::move(copy));
        });
        return found;
    }

    std::vector<RejectReason> add_unreadable_rows(std::string& document, const EntityDefinition& entity,
                                                  const Fields& like) const override {
        const auto member = std::find_if(entity.columns.begin(), entity.columns.end(), [&](const std::string& column) {
            const std::string& pointer = pointer_of(entity, column);
            return pointer.starts_with('/') && pointer.find('/', 1) == std::string::npos;
        });
        if (member == entity.columns.end() || !copy_row(document, entity, like, {{*member, std::string(kTwice)}}))
            return {};
        if (!lines_) return {RejectReason::malformed};
        copy_row(document, entity, like, {{*member, std::string(kCutOff)}});
        return {RejectReason::malformed, RejectReason::malformed};
    }

    bool add_undecodable_row(std::string& document, const EntityDefinition& entity, const Fields& like,
                             const std::string& column) const override {
        return copy_row(document, entity, like, {{column, std::string(kBadByte)}});
    }

    bool damage_document(std::string& document, const EntityDefinition& entity) const override {
        if (lines_) return false;
        edit_arrays(document, outer_path(entity), [](json::array& records) { records.emplace_back(kBadByte); });
        return true;
    }

    void seal(std::string& document) const override {
        replace_all(document, kBadByte, "\x81");
        const std::string twice = "\":\"" + std::string(kTwice) + "\"";
        for (std::size_t at = document.find(twice); at != std::string::npos; at = document.find(twice)) {
            const std::size_t name = document.rfind('"', at - 1) + 1;
            const std::string member = document.substr(name, at - name);
            document.replace(at, twice.size(), "\":\"a\",\"" + member + "\":\"b\"");
        }
        for (std::size_t at = document.find(kCutOff); at != std::string::npos; at = document.find(kCutOff))
            document.erase(at, std::min(document.find('\n', at), document.size()) - at);
    }

    std::vector<std::string> pages(const std::string& document, const EntityDefinition& entity) const override {
        json::value root = parse(document);
        std::vector<json::array*> arrays;
        collect(root, outer_path(entity), 0, arrays);
        const json::array records = arrays.empty() ? json::array() : *arrays.front();
        std::vector<std::string> pages;
        for (std::size_t i = 0; i < std::max<std::size_t>(records.size(), 1); ++i) {
            json::value page = root;
            arrays.clear();
            collect(page, outer_path(entity), 0, arrays);
            arrays.at(0)->clear();
            if (i < records.size()) arrays.at(0)->push_back(records[i]);
            const bool last = i + 1 >= records.size();
            const json::value next = last ? json::value(nullptr) : json::value("page-" + std::to_string(i + 1));
            set(page, next_pointer_, &next);
            pages.push_back(json::serialize(page));
        }
        return pages;
    }

  private:
    static const std::string& pointer_of(const EntityDefinition& entity, const std::string& column) {
        const auto at = std::find(entity.columns.begin(), entity.columns.end(), column) - entity.columns.begin();
        return entity.column_paths.at(static_cast<std::size_t>(at));
    }

    /// Path of the array of records; lines are an array of their own above it.
    std::vector<std::string> path_of(const EntityDefinition& entity) const {
        std::vector<std::string> path = split_pointer(entity.record);
        if (lines_ && !path.empty()) path.insert(path.begin(), "*");
        return path;
    }

    std::vector<std::string> outer_path(const EntityDefinition& entity) const {
        std::vector<std::string> path = path_of(entity);
        path.erase(std::find(path.begin(), path.end(), "*"), path.end());
        return path;
    }

    json::value parse(const std::string& document) const {
        if (!lines_) return json::parse(document);
        json::array lines;
        for (std::size_t at = 0; at < document.size();) {
            const std::size_t end = std::min(document.find('\n', at), document.size());
            if (end > at) lines.push_back(json::parse(document.substr(at, end - at)));
            at = end + 1;
        }
        return lines;
    }

    static void collect(json::value& value, const std::vector<std::string>& path, std::size_t at,
                        std::vector<json::array*>& arrays) {
        if (at == path.size()) {
            if (value.is_array()) arrays.push_back(&value.as_array());
        } else if (path[at] == "*") {
            if (!value.is_array()) return;
            for (json::value& element : value.as_array()) collect(element, path, at + 1, arrays);
        } else if (value.is_object()) {
            if (json::value* member = value.as_object().if_contains(path[at])) collect(*member, path, at + 1, arrays);
        }
    }

    template <typename Change>
    void edit_arrays(std::string& document, const std::vector<std::string>& path, const Change& change) const {
        json::value root = parse(document);
        std::vector<json::array*> arrays;
        collect(root, path, 0, arrays);
        for (json::array* records : arrays) change(*records);
        if (!lines_) {
            document = json::serialize(root);
            return;
        }
        document.clear();
        for (const json::value& line : root.as_array()) document += json::serialize(line) + "\n";
    }

    template <typename Change>
    void edit(std::string& document, const EntityDefinition& entity, const Change& change) const {
        edit_arrays(document, path_of(entity), change);
    }

    /// Sets a member, or takes it away where `value` is null. Objects on the way are made as needed.
    static void set(json::value& record, const std::string& pointer, const json::value* value) {
        json::value* object = &record;
        const std::vector<std::string> names = split_pointer(pointer);
        for (std::size_t i = 0; i + 1 < names.size(); ++i) {
            if (!object->is_object()) return;
            json::value& member = object->as_object()[names[i]];
            if (member.is_null()) member = json::object();
            object = &member;
        }
        if (!object->is_object()) return;
        if (value == nullptr) {
            object->as_object().erase(names.back());
        } else {
            object->as_object()[names.back()] = *value;
        }
    }

    static const json::value* find(const json::array& records, const EntityDefinition& entity, const Fields& like) {
        for (const json::value& record : records) {
            const bool same = std::all_of(like.begin(), like.end(), [&](const auto& field) {
                json::error_code error;
                const json::value* const value = record.find_pointer(pointer_of(entity, field.first), error);
                if (value == nullptr) return false;
                return value->is_string() ? std::string_view(value->as_string()) == field.second
                                          : json::serialize(*value) == field.second;
            });
            if (same) return &record;
        }
        return nullptr;
    }

    bool lines_;
    std::string next_pointer_;
};

}  // namespace

std::unique_ptr<DocumentEditor> make_json_editor(const ConnectorDefinition& connector) {
    return std::make_unique<JsonEditor>(connector);
}

}  // namespace caseweave::conformance
