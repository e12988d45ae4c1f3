#include "connectors/formats/json_document.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <optional>
#include <span>

#include "connectors/formats/column_layout.hpp"
#include "connectors/formats/json_grammar.hpp"
#include "text/utf8.hpp"

namespace caseweave {

namespace ondemand = simdjson::ondemand;

const std::size_t JsonDocumentReader::kPadding = simdjson::SIMDJSON_PADDING;

struct JsonDocumentReader::Simdjson {
    ondemand::parser parser;
    std::deque<std::string> ordinals;  // texts that stand in no document
};

namespace {

/// No column made the record fail.
constexpr std::size_t kNoColumn = static_cast<std::size_t>(-1);

/// Ends a record that is JSON but cannot become a row; caught where the record began.
struct RecordFault {
    RejectReason reason;
    std::size_t column;
};

/// The text of a key between its quotes, as it stands; keys with escapes keep them.
std::string_view key_text(ondemand::raw_json_string key) noexcept {
    const char* const begin = key.raw();
    const char* end = begin;
    while (*end != '"') end += *end == '\\' ? 2 : 1;
    return {begin, static_cast<std::size_t>(end - begin)};
}

/// Tells whether a key is `name`, without looking for the key's end first. Names with escapes are compared the long
/// way.
bool is_key(ondemand::raw_json_string key, const std::string& name) noexcept {
    // The text is padded: so many bytes can be read behind any key but the longest names.
    return name.size() < simdjson::SIMDJSON_PADDING && std::memcmp(key.raw(), name.data(), name.size()) == 0 &&
           key.raw()[name.size()] == '"';
}

std::string_view trim_token(std::string_view token) noexcept {
    while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') token.remove_suffix(1);
    return token;
}

}  // namespace

/// Walks one document along the plan. Recursion goes as deep as the plan, never as the document.
class JsonDocumentReader::Walk {
  public:
    explicit Walk(JsonDocumentReader& reader) : reader_(&reader), plan_(reader.plan_), record_(reader.records_) {}

    template <typename Value>
    void follow(Value&& value, std::size_t step, std::size_t level) {
        if (step == plan_->path.size()) return read_records(value);
        if (plan_->path[step] == JsonPlan::kEach) {
            for (ondemand::value element : ondemand::array(value.get_array())) follow(element, step + 1, level);
            return;
        }
        ondemand::object object = value.get_object();
        const std::size_t kept = enclosing_.size();
        const std::optional<RecordFault> kept_fault = enclosing_fault_;
        if (!plan_->enclosing[level].members.empty()) {
            // Scalars may stand behind the records: one pass for them, one for the records.
            std::vector<JsonCell> found;
            fault_ = enclosing_fault_;
            read_members(object, plan_->enclosing[level], {}, found, false);
            enclosing_fault_ = fault_;
            enclosing_.insert(enclosing_.end(), found.begin(), found.end());
            object.reset();
        }
        ondemand::value next;
        const auto error = object.find_field(plan_->path[step]).get(next);
        if (error == simdjson::NO_SUCH_FIELD) {
            if (level == 0) throw simdjson::simdjson_error(simdjson::NO_SUCH_FIELD);
        } else if (error) {
            throw simdjson::simdjson_error(error);
        } else {
            follow(next, step + 1, level + 1);
        }
        enclosing_.resize(kept);
        enclosing_fault_ = kept_fault;
    }

  private:
    template <typename Value>
    void read_records(Value& value) {
        const ondemand::json_type type = value.type();
        std::uint64_t ordinal = 0;
        if (type == ondemand::json_type::array) {
            for (ondemand::value element : ondemand::array(value.get_array()))
                read_record(element.get_object(), ++ordinal);
        } else if (type == ondemand::json_type::object) {
            read_record(value.get_object(), ++ordinal);
        } else if (!bool(value.is_null())) {
            throw simdjson::simdjson_error(simdjson::INCORRECT_TYPE);
        }
    }

    void read_record(ondemand::object object, std::uint64_t ordinal) {
        JsonRow row;
        row.begin = reader_->cells_.size();
        reader_->cells_.insert(reader_->cells_.end(), enclosing_.begin(), enclosing_.end());
        for (const std::size_t column : plan_->ordinal) {
            reader_->simdjson_->ordinals.push_back(std::to_string(ordinal));
            add(reader_->cells_, {column, Missing::no, reader_->simdjson_->ordinals.back()}, false);
        }
        fault_ = enclosing_fault_;
        ++record_;
        texts_begin_ = reader_->text_.data() + reader_->text_.size();
        texts_end_ = reader_->text_.data();
        read_members(object, plan_->record, {}, reader_->cells_, true);
        row.end = reader_->cells_.size();
        if (texts_begin_ < texts_end_) row.texts = {texts_begin_, static_cast<std::size_t>(texts_end_ - texts_begin_)};
        if (fault_) {
            row.rejected = true;
            row.reason = fault_->reason;
            row.column = fault_->column;
            object.reset();
            row.raw = reader_->as_it_came(object.raw_json());
            // What is sound of a record with bytes that cannot be read still says which it is.
            if (fault_->reason != RejectReason::undecodable) {
                reader_->cells_.resize(row.begin);
                row.end = row.begin;
            }
        }
        reader_->rows_.push_back(row);
    }

    void read_members(ondemand::object& object, const JsonNode& node, std::string_view prefix,
                      std::vector<JsonCell>& out, bool in_record) {
        std::size_t guess = 0;
        for (ondemand::field field : object) {
            // Exporters write members in one order: the next one of the plan is the likely one.
            std::size_t at = guess;
            if (at >= node.members.size() || !is_key(field.key(), node.members[at].name)) {
                const std::string_view key = key_text(field.key());
                at = 0;
                while (at < node.members.size() && node.members[at].name != key) ++at;
                if (at == node.members.size()) {
                    if (in_record) read_extra(field.value(), prefix, key, out);
                    continue;
                }
            }
            guess = at + 1;
            if (in_record && node.members[at].columns.size() == 1 && read_plain_text(field.value(), node.members[at]))
                continue;
            read_planned(field.value(), node.members[at], prefix, out, in_record);
        }
    }

    /// Takes a string without escapes that is the value of one column: nearly all values are.
    bool read_plain_text(ondemand::value& value, const JsonNode& node) {
        const std::string_view token = trim_token(value.raw_json_token());
        const bool plain = token.size() >= 2 && token.front() == '"' && token.back() == '"' && node.members.empty() &&
                           std::memchr(token.data(), '\\', token.size()) == nullptr && !has_unreadable(token);
        if (plain) add(reader_->cells_, {node.columns.front(), Missing::no, token.substr(1, token.size() - 2)}, true);
        return plain;
    }

    void read_planned(ondemand::value& value, const JsonNode& node, std::string_view prefix, std::vector<JsonCell>& out,
                      bool in_record) {
        if (node.other_record && node.columns.empty() && node.members.empty()) return;
        if (!node.members.empty() && value.type() == ondemand::json_type::object) {
            ondemand::object object = value.get_object();
            read_members(object, node, in_record ? std::string(prefix) + node.name + "/" : std::string(), out,
                         in_record);
            return;
        }
        if (node.columns.empty()) {
            if (in_record && !bool(value.is_null())) read_extra(value, prefix, node.name, out);
            return;
        }
        const JsonCell cell = read_value(value, node.columns.front());
        for (const std::size_t column : node.columns) add(out, {column, cell.missing, cell.text}, in_record);
    }

    void read_extra(ondemand::value value, std::string_view prefix, std::string_view key, std::vector<JsonCell>& out) {
        if (has_unreadable(key)) return fault({RejectReason::undecodable, kNoColumn});
        std::string path(prefix);
        path.append(key);
        auto found = reader_->extras_.find(path);
        if (found == reader_->extras_.end()) {
            std::vector<std::string>& columns = *reader_->columns_;
            if (columns.size() >= kMaxColumnsOfRecord) return fault({RejectReason::too_large, columns.size()});
            found = reader_->extras_.emplace(path, columns.size()).first;
            columns.push_back(path);
        }
        add(out, read_value(value, found->second), true);
    }

    JsonCell read_value(ondemand::value& value, std::size_t column) {
        if (has_unreadable(trim_token(value.raw_json_token()))) {
            fault({RejectReason::undecodable, column});
            return {column, Missing::null, {}};
        }
        switch (value.type()) {
            case ondemand::json_type::string: {
                // Without escapes the token is the value: it needs no copy, and the first pass has seen its bytes.
                const std::string_view token = trim_token(value.raw_json_token());
                if (token.size() >= 2 && token.back() == '"' && token.find('\\') == std::string_view::npos) {
                    return {column, Missing::no, token.substr(1, token.size() - 2)};
                }
                const std::string_view text = value.get_string();
                if (text.find('\0') != std::string_view::npos) fault({RejectReason::undecodable, column});
                return {column, Missing::no, text};
            }
            case ondemand::json_type::null:
                if (!bool(value.is_null())) throw simdjson::simdjson_error(simdjson::N_ATOM_ERROR);
                return {column, Missing::null, {}};
            case ondemand::json_type::boolean:
                return {column, Missing::no, bool(value.get_bool()) ? "true" : "false"};
            case ondemand::json_type::number: {
                const std::string_view text = trim_token(value.raw_json_token());
                if (!is_json_number(text)) throw simdjson::simdjson_error(simdjson::NUMBER_ERROR);
                return {column, Missing::no, text};
            }
            case ondemand::json_type::array:
                return raw_cell(column, ondemand::array(value.get_array()).raw_json());
            case ondemand::json_type::object:
                return raw_cell(column, ondemand::object(value.get_object()).raw_json());
        }
        throw simdjson::simdjson_error(simdjson::TAPE_ERROR);
    }

    JsonCell raw_cell(std::size_t column, std::string_view raw) {
        raw = trim_token(raw);
        // simdjson only pairs the brackets of what is passed over: what is kept as JSON must be JSON.
        if (!is_json_value(raw, reader_->max_depth_)) fault({RejectReason::malformed, column});
        if (has_unreadable(raw)) fault({RejectReason::undecodable, column});
        return {column, Missing::no, raw};
    }

    [[gnu::always_inline]] inline void add(std::vector<JsonCell>& out, const JsonCell& cell, bool in_record) {
        std::vector<std::uint64_t>& seen_in = reader_->seen_in_;
        if (cell.column >= seen_in.size()) seen_in.resize(cell.column + 1);
        if (in_record) {
            // Which of two members of one name is meant cannot be known.
            if (seen_in[cell.column] == record_) fault({RejectReason::malformed, cell.column});
            if (reader_->holds(cell.text)) {
                texts_begin_ = std::min(texts_begin_, cell.text.data());
                texts_end_ = std::max(texts_end_, cell.text.data() + cell.text.size());
            }
        }
        seen_in[cell.column] = record_;
        out.push_back(cell);
    }

    /// Tells whether bytes of the document that `text` views were replaced.
    bool has_unreadable(std::string_view text) const noexcept {
        const std::vector<std::size_t>& offsets = reader_->unreadable_;
        if (offsets.empty() || !reader_->holds(text)) return false;
        const auto begin = static_cast<std::size_t>(text.data() - reader_->text_.data());
        const auto next = std::lower_bound(offsets.begin(), offsets.end(), begin);
        return next != offsets.end() && *next < begin + text.size();
    }

    /// Keeps the first fault: the record is walked to its end all the same, so that the next one can be read.
    void fault(RecordFault fault) {
        if (!fault_) fault_ = fault;
    }

    JsonDocumentReader* reader_;
    const JsonPlan* plan_;
    std::vector<JsonCell> enclosing_;
    std::optional<RecordFault> fault_;
    std::optional<RecordFault> enclosing_fault_;  // of what stands around the records: it is theirs as well
    std::uint64_t& record_;                       // counts records over all documents, from 1
    const char* texts_begin_ = nullptr;
    const char* texts_end_ = nullptr;
};

JsonDocumentReader::JsonDocumentReader(const JsonPlan& plan, std::vector<std::string>& columns, std::size_t max_depth,
                                       JsonReading reading)
    : plan_(&plan), columns_(&columns), max_depth_(max_depth), simdjson_(std::make_unique<Simdjson>()) {
    static_assert(JsonPlainObject::kPaddingBytes <= simdjson::SIMDJSON_PADDING);
    if (reading == JsonReading::plain_objects_first && plan.path.empty() && plan.ordinal.empty())
        plain_.emplace(plan.record);
}

JsonDocumentReader::~JsonDocumentReader() = default;

void JsonDocumentReader::clear() noexcept {
    rows_.clear();
    cells_.clear();
    simdjson_->ordinals.clear();
}

JsonDocumentReader::Outcome JsonDocumentReader::read(std::string_view text) {
    clear();
    text_ = text;
    if (plain_ && unreadable_.empty() && read_plain_object()) return Outcome::read;
    try {
        ondemand::document document = simdjson_->parser.iterate(text.data(), text.size(), text.size() + kPadding);
        Walk(*this).follow(document, 0, 0);
        const char* rest = nullptr;
        const bool trailing =
            plan_->path.empty() && !rows_.empty() && document.current_location().get(rest) == simdjson::SUCCESS;
        if (trailing) throw simdjson::simdjson_error(simdjson::TRAILING_CONTENT);
    } catch (const simdjson::simdjson_error& error) {
        rows_.clear();
        return error.error() == simdjson::UTF8_ERROR ? Outcome::undecodable : Outcome::malformed;
    }
    return Outcome::read;
}

bool JsonDocumentReader::read_plain_object() {
    if (documents_to_pass_ > 0) {
        --documents_to_pass_;
        return false;
    }
    if (!plain_->read(text_)) {
        constexpr unsigned kMostToPass = 64;
        documents_in_a_row_ = std::min(kMostToPass, 2 * documents_in_a_row_ + 1);
        documents_to_pass_ = documents_in_a_row_ - 1;
        return false;
    }
    documents_in_a_row_ = 0;
    ++records_;
    JsonRow row;
    const char* texts_begin = nullptr;
    const char* texts_end = nullptr;
    for (const JsonPlainObject::Value& value : plain_->values()) {
        if (value.missing == Missing::no) {
            if (texts_begin == nullptr) texts_begin = value.text.data();
            texts_end = value.text.data() + value.text.size();
        }
        for (const std::size_t column : value.node->columns) {
            if (column >= seen_in_.size()) seen_in_.resize(column + 1);
            seen_in_[column] = records_;
            JsonCell& cell = cells_.emplace_back();
            cell.column = column;
            cell.missing = value.missing;
            cell.text = value.text;
        }
    }
    row.end = cells_.size();
    row.texts = {texts_begin, static_cast<std::size_t>(texts_end - texts_begin)};
    rows_.push_back(row);
    return true;
}

JsonDocumentReader::Outcome JsonDocumentReader::read_around(std::string_view text) {
    replaced_.assign(text).append(kPadding, '\0');
    unreadable_ = text::replace_unreadable_bytes(std::span(replaced_).first(text.size()));
    original_ = text;
    const Outcome outcome = read(std::string_view(replaced_).substr(0, text.size()));
    unreadable_.clear();
    return outcome;
}

bool JsonDocumentReader::holds(std::string_view text) const noexcept {
    return text.data() >= text_.data() && text.data() < text_.data() + text_.size();
}

std::string_view JsonDocumentReader::as_it_came(std::string_view text) const noexcept {
    if (unreadable_.empty()) return text;
    return original_.substr(static_cast<std::size_t>(text.data() - text_.data()), text.size());
}

}  // namespace caseweave
