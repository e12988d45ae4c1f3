#include "connectors/formats/xml_document.hpp"

#include <libxml/SAX2.h>
#include <libxml/parser.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <optional>
#include <utility>

#include "connectors/formats/column_layout.hpp"
#include "connectors/formats/xml_byte_marks.hpp"
#include "connectors/formats/xml_fault.hpp"
#include "connectors/formats/xml_plain_record.hpp"
#include "connectors/formats/xml_silence.hpp"
#include "core/ascii.hpp"
#include "core/error.hpp"

namespace caseweave {

namespace {

constexpr std::size_t kNoNode = static_cast<std::size_t>(-1);

/// Says which bound a document is over, and which setting raises it.
std::string over(std::string_view what, std::size_t bound, std::string_view setting) {
    return std::string(what) + ' ' + std::to_string(bound) + "; where that is sound, " + where_raised(setting);
}

std::string_view view(const xmlChar* text) noexcept {
    return reinterpret_cast<const char*>(text);
}

std::string_view view(const xmlChar* begin, const xmlChar* end) noexcept {
    return {reinterpret_cast<const char*>(begin), static_cast<std::size_t>(end - begin)};
}

/// Line ends and indents around a value are layout.
std::string_view trim_layout(std::string_view text) noexcept {
    while (!text.empty() && ascii::is_blank(text.back())) text.remove_suffix(1);
    while (!text.empty() && ascii::is_blank(text.front())) text.remove_prefix(1);
    return text;
}

bool is_all_blank(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), ascii::is_blank);
}

}  // namespace

class XmlDocumentReader::Handler {
  public:
    Handler(const XmlPlan* plan, std::vector<std::string>* columns, const XmlRecordPlaces* places,
            const XmlBounds& bounds, XmlReading reading)
        : plan_(plan), columns_(columns), places_(places), bounds_(bounds) {
        if (plan_ != nullptr && reading == XmlReading::plain_records_first) plain_.emplace(*plan_);
        static std::once_flag initialised;
        std::call_once(initialised, xmlInitParser);
        std::memset(&callbacks_, 0, sizeof callbacks_);
        callbacks_.initialized = XML_SAX2_MAGIC;
        callbacks_.internalSubset = on_document_type;
        callbacks_.startElementNs = on_start;
        callbacks_.endElementNs = on_end;
        callbacks_.characters = on_text;
        callbacks_.ignorableWhitespace = on_text;
        callbacks_.cdataBlock = on_text;
        callbacks_.serror = on_error;
        if (plan_ != nullptr) declared_.resize(columns_->size());
    }
    Handler(const Handler&) = delete;
    Handler& operator=(const Handler&) = delete;
    ~Handler() { xmlFreeParserCtxt(context_); }

    void start(const std::string& name);
    void parse(std::string_view piece, bool last);
    void take();

    std::vector<XmlRow> rows;
    std::vector<XmlCell> cells;
    std::string texts;
    std::vector<bool> seen;
    std::uint64_t counted = 0;

  private:
    struct OpenElement {
        std::size_t node = kNoNode;
        bool record_content = false;  // inside a record of this entity, or it itself
        bool has_children = false;
        bool nil = false;
        std::size_t path_size = 0;  // of extra_path_ before this element was added
        std::string saved;          // text before its last child
    };
    /// A value of an enclosing element, kept for the records inside.
    struct Enclosing {
        bool known = false;
        Missing missing = Missing::no;
        std::string text;
    };

    static Handler& self(void* context) {
        return *static_cast<Handler*>(static_cast<xmlParserCtxt*>(context)->_private);
    }
    static void on_document_type(void* context, const xmlChar*, const xmlChar*, const xmlChar*) {
        self(context).stop("has a document type, which can declare entities and is refused");
    }
    static void on_start(void* context, const xmlChar* name, const xmlChar*, const xmlChar*, int, const xmlChar**,
                         int attribute_count, int, const xmlChar** attributes) {
        self(context).start_element(name, attribute_count, attributes);
    }
    static void on_end(void* context, const xmlChar*, const xmlChar*, const xmlChar*) { self(context).end_element(); }
    static void on_text(void* context, const xmlChar* text, int size) {
        self(context).add_text({view(text, text + size)});
    }
    static void on_error(void*, xmlErrorPtr) {}

    void push(std::string_view piece, bool last);
    bool stands_between_records() const noexcept;
    std::size_t take_plain_records(std::string_view text);
    std::size_t size_of_next_records(std::string_view text) const noexcept;
    std::uint64_t line() const noexcept;
    void stop(const std::string& what);
    void start_element(const xmlChar* name, int attribute_count, const xmlChar** attributes);
    void end_element();
    void follow_place(const xmlChar* name, int attribute_count, const xmlChar** attributes);
    void refuse_marks(std::string_view piece);
    void leave_place();
    void add_text(std::string_view text);
    std::size_t find_child(std::size_t parent, const xmlChar* name);
    void read_attributes(OpenElement& element, int count, const xmlChar** attributes);
    void start_record();
    void end_record();
    void give(std::size_t column, std::string_view text, Missing missing);
    void give_extra(const std::string& path, std::string_view text, Missing missing);
    void add_cell(std::size_t column, std::string_view text, Missing missing);

    const XmlPlan* plan_;  // null where records are counted only
    std::vector<std::string>* columns_;
    const XmlRecordPlaces* places_;      // null where records are read
    std::vector<std::size_t> on_place_;  // places of the open elements, as far as they are on the way to a record
    std::size_t record_depth_ = 0;       // of the open record that is counted; 0 = none
    XmlBounds bounds_;
    xmlSAXHandler callbacks_;
    xmlParserCtxt* context_ = nullptr;
    XmlByteMarks marks_;
    std::optional<XmlPlainRecord> plain_;
    std::size_t parser_bytes_ = 0;     // the parser gets at least so many before the next look for plain records
    std::uint64_t lines_past_it_ = 0;  // line ends that the parser has not seen
    std::string name_;
    std::string failure_;

    std::vector<const xmlChar*> node_names_;  // interned in the context's dictionary: names compare as pointers
    std::vector<std::size_t> next_child_;     // per node: the child that is likely next
    std::vector<OpenElement> open_;
    std::size_t depth_ = 0;    // open_ keeps its elements for reuse
    std::size_t skipped_ = 0;  // levels inside an element nobody wants
    std::string text_;         // of the innermost element
    std::string extra_path_;   // of elements in the record that no path names
    bool in_record_ = false;
    XmlRow row_;
    std::uint64_t ordinal_ = 0;
    std::vector<Enclosing> declared_;  // per declared column: value of an enclosing element
    std::vector<std::size_t> enclosing_columns_;
    std::map<std::string, std::size_t, std::less<>> extras_;
    std::vector<std::uint32_t> given_;            // per column: the record it was given in last
    std::map<std::size_t, std::string> repeats_;  // of the open record: column -> values after the first
    std::uint32_t record_mark_ = 0;
};

void XmlDocumentReader::Handler::start(const std::string& name) {
    xmlFreeParserCtxt(context_);
    context_ = xmlCreatePushParserCtxt(&callbacks_, nullptr, nullptr, 0, nullptr);
    if (context_ == nullptr) throw std::bad_alloc();
    context_->_private = this;
    // libxml2 resets userData to the context itself when none is given; no network, no huge texts.
    xmlCtxtUseOptions(context_, XML_PARSE_NONET);
    name_ = name;
    failure_.clear();
    marks_.start();
    parser_bytes_ = 0;
    lines_past_it_ = 0;
    depth_ = skipped_ = 0;
    on_place_.assign(1, 0);
    record_depth_ = 0;
    in_record_ = false;
    text_.clear();
    extra_path_.clear();
    if (plan_ == nullptr) return;
    node_names_.clear();
    for (const XmlNode& node : plan_->nodes) {
        node_names_.push_back(xmlDictLookup(context_->dict, reinterpret_cast<const xmlChar*>(node.name.c_str()), -1));
    }
    next_child_.assign(plan_->nodes.size(), 0);
    enclosing_columns_.clear();
    for (const XmlNode& node : plan_->nodes) {
        enclosing_columns_.insert(enclosing_columns_.end(), node.forgets.begin(), node.forgets.end());
    }
    for (Enclosing& value : declared_) value = {};
}

void XmlDocumentReader::Handler::stop(const std::string& what) {
    if (failure_.empty()) failure_ = what;
    xmlStopParser(context_);
}

void XmlDocumentReader::Handler::parse(std::string_view piece, bool last) {
    silence_xml_parser();
    piece = marks_.mark(piece, last);
    if (!plain_ || plain_->parent_node() == XmlPlainRecord::no_node() || !marks_.is_utf8()) return push(piece, last);
    for (bool first = true; !piece.empty(); first = false) {
        const std::size_t taken = stands_between_records() ? take_plain_records(piece) : 0;
        piece.remove_prefix(taken);
        // Small pieces cost the parser time: where records are not plain it gets more and more at once. That a piece
        // begins inside of a record says nothing of the next one.
        constexpr std::size_t kLeastBytes = 1024;
        if (taken > 0) {
            parser_bytes_ = 0;
        } else if (!first) {
            parser_bytes_ = std::max(kLeastBytes, 2 * parser_bytes_);
        }
        const std::size_t size = size_of_next_records(piece);
        if (size > 0) push(piece.substr(0, size), false);
        piece.remove_prefix(size);
    }
    if (last) push({}, true);
}

void XmlDocumentReader::Handler::push(std::string_view piece, bool last) {
    const int code = xmlParseChunk(context_, piece.data(), static_cast<int>(piece.size()), last ? 1 : 0);
    if (failure_.empty() && code == 0 && (!last || context_->wellFormed == 1)) return;
    std::string what = failure_;
    if (what.empty()) {
        what = last && depth_ > 0 ? "is cut off" : describe_xml_fault(context_->errNo);
    }
    throw Error(ErrorKind::integrity,
                name_ + " line " + std::to_string(line()) + " " + what + "; have it exported again");
}

std::uint64_t XmlDocumentReader::Handler::line() const noexcept {
    const int seen_by_parser = context_->input != nullptr ? context_->input->line : 0;
    return lines_past_it_ + static_cast<std::uint64_t>(std::max(0, seen_by_parser));
}

/// Tells whether the parser has read all it was given and stands where a record may begin.
bool XmlDocumentReader::Handler::stands_between_records() const noexcept {
    return depth_ > 0 && depth_ + 2 <= bounds_.max_depth && skipped_ == 0 && !in_record_ && text_.empty() &&
           open_[depth_ - 1].node == plain_->parent_node() && context_->instate == XML_PARSER_CONTENT &&
           context_->inputNr == 1 && context_->input->cur == context_->input->end;
}

/// Reads the plain records `text` begins with. @return their size, with the layout in front of each.
std::size_t XmlDocumentReader::Handler::take_plain_records(std::string_view text) {
    std::size_t taken = 0;
    for (;;) {
        std::size_t begin = taken;
        std::uint64_t line_feeds = 0;
        while (begin < text.size() && ascii::is_blank(text[begin])) line_feeds += text[begin++] == '\n' ? 1U : 0U;
        const std::size_t size = plain_->read(text.substr(begin));
        if (size == 0 || plain_->longest_text() > bounds_.max_text_bytes) return taken;
        open_[depth_ - 1].has_children = true;
        lines_past_it_ += line_feeds;
        start_record();
        for (const XmlPlainRecord::Value& value : plain_->values()) {
            const std::string_view trimmed = trim_layout(value.text);
            for (const std::size_t column : value.node->columns)
                give(column, trimmed, trimmed.empty() ? Missing::empty : Missing::no);
        }
        end_record();
        lines_past_it_ += plain_->line_feeds();
        taken = begin + size;
    }
}

/// Gives the bytes up to the end of a record, parser_bytes_ from here at least: after it a plain record may follow.
std::size_t XmlDocumentReader::Handler::size_of_next_records(std::string_view text) const noexcept {
    if (parser_bytes_ >= text.size()) return text.size();
    const std::string& end_tag = plain_->end_tag();
    const void* const found =
        ::memmem(text.data() + parser_bytes_, text.size() - parser_bytes_, end_tag.data(), end_tag.size());
    if (found == nullptr) return text.size();
    return static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) + end_tag.size();
}

void XmlDocumentReader::Handler::take() {
    rows.clear();
    // The open record moves to the front.
    const std::size_t cells_from = in_record_ ? row_.cells_begin : cells.size();
    const std::size_t texts_from = in_record_ ? row_.texts_begin : texts.size();
    cells.erase(cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(cells_from));
    texts.erase(0, texts_from);
    for (XmlCell& cell : cells) {
        cell.begin -= texts_from;
        cell.end -= texts_from;
    }
    row_.cells_begin = row_.texts_begin = 0;
}

std::size_t XmlDocumentReader::Handler::find_child(std::size_t parent, const xmlChar* name) {
    const std::vector<std::size_t>& children = plan_->nodes[parent].children;
    if (children.empty()) return kNoNode;
    // Elements come in one order: the one after the last is the likely one.
    std::size_t at = next_child_[parent];
    for (std::size_t tried = 0; tried < children.size(); ++tried, ++at) {
        if (at >= children.size()) at = 0;
        if (node_names_[children[at]] == name) {
            next_child_[parent] = at + 1;
            return children[at];
        }
    }
    return kNoNode;
}

void XmlDocumentReader::Handler::follow_place(const xmlChar* name, int attribute_count, const xmlChar** attributes) {
    if (record_depth_ > 0) return;
    if (on_place_.size() == depth_) {
        const std::vector<std::size_t>& children = places_->places[on_place_.back()].children;
        const auto found = std::find_if(children.begin(), children.end(),
                                        [&](std::size_t child) { return places_->places[child].name == view(name); });
        if (found != children.end()) {
            on_place_.push_back(*found);
            if (places_->places[*found].record) {
                record_depth_ = depth_;
                ++counted;
                return;
            }
        }
    }
    for (int i = 0; i < attribute_count; ++i, attributes += 5) refuse_marks(view(attributes[3], attributes[4]));
}

void XmlDocumentReader::Handler::refuse_marks(std::string_view piece) {
    if (marks_.any() && may_have_mark(piece)) stop("holds bytes that are not in its encoding, outside of its records");
}

void XmlDocumentReader::Handler::leave_place() {
    if (record_depth_ == depth_) record_depth_ = 0;
    if (on_place_.size() == depth_ + 1) on_place_.pop_back();
}

void XmlDocumentReader::Handler::start_element(const xmlChar* name, int attribute_count, const xmlChar** attributes) {
    if (++depth_ > bounds_.max_depth) return stop(over("nests deeper than", bounds_.max_depth, "max_depth"));
    if (plan_ == nullptr) return follow_place(name, attribute_count, attributes);
    if (skipped_ > 0) {
        ++skipped_;
        return;
    }
    if (depth_ > open_.size()) open_.emplace_back();
    OpenElement* const parent = depth_ > 1 ? &open_[depth_ - 2] : nullptr;
    OpenElement& element = open_[depth_ - 1];
    const std::size_t parent_node = parent == nullptr ? 0 : parent->node;
    element.node = parent_node == kNoNode ? kNoNode : find_child(parent_node, name);
    if (parent == nullptr && element.node == kNoNode) {
        return stop("has root element <" + std::string(view(name)) + "> where `record` expects another one");
    }
    const XmlNode* const node = element.node == kNoNode ? nullptr : &plan_->nodes[element.node];
    element.record_content = (parent != nullptr && parent->record_content) || (node != nullptr && node->record);
    if ((node == nullptr && !element.record_content) || (node != nullptr && node->other_record && !node->record)) {
        skipped_ = 1;
        return;
    }
    if (parent != nullptr) {
        parent->has_children = true;
        if (!text_.empty()) {
            if (!is_all_blank(text_)) parent->saved += text_;
            text_.clear();
        }
    }
    element.has_children = element.nil = false;
    element.saved.clear();
    element.path_size = extra_path_.size();
    if (node == nullptr) {
        if (!extra_path_.empty()) {
            extra_path_ += '/';
        } else if (parent_node != kNoNode && !plan_->nodes[parent_node].path.empty()) {
            extra_path_ = plan_->nodes[parent_node].path + "/";
        }
        extra_path_ += view(name);
    } else {
        for (const std::size_t column : node->forgets) declared_[column].known = false;
        if (node->record_parent) ordinal_ = 0;
        if (node->record) start_record();
    }
    if (attribute_count > 0) read_attributes(element, attribute_count, attributes);
}

void XmlDocumentReader::Handler::read_attributes(OpenElement& element, int count, const xmlChar** attributes) {
    const XmlNode* const node = element.node == kNoNode ? nullptr : &plan_->nodes[element.node];
    for (int i = 0; i < count; ++i, attributes += 5) {
        const std::string_view name = view(attributes[0]);
        const std::string_view value = view(attributes[3], attributes[4]);
        if (attributes[2] != nullptr && view(attributes[2]) == "http://www.w3.org/2001/XMLSchema-instance") {
            if (name == "nil") element.nil = value == "true" || value == "1";
            continue;
        }
        const XmlNode::Attribute* declared = nullptr;
        if (node != nullptr) {
            for (const XmlNode::Attribute& candidate : node->attributes) {
                if (candidate.name == name) declared = &candidate;
            }
        }
        const Missing missing = value.empty() ? Missing::empty : Missing::no;
        if (declared != nullptr) {
            for (const std::size_t column : declared->columns) give(column, value, missing);
        } else if (in_record_) {
            const std::string& path = node != nullptr ? node->path : extra_path_;
            give_extra(path + (path.empty() ? "@" : "/@") + std::string(name), value, missing);
        }
    }
}

void XmlDocumentReader::Handler::add_text(std::string_view text) {
    if (plan_ == nullptr) {
        if (record_depth_ == 0) refuse_marks(text);
        return;
    }
    if (skipped_ > 0 || depth_ == 0) return;
    if (text_.empty()) {
        // Indents before a child or a value are layout: most texts are nothing else.
        while (!text.empty() && ascii::is_blank(text.front())) text.remove_prefix(1);
        if (text.empty()) return;
    }
    if (text_.size() + text.size() > bounds_.max_text_bytes) {
        if (!in_record_) return stop(over("holds a text of more bytes than", bounds_.max_text_bytes, "max_text_bytes"));
        row_.too_large = true;
        return;
    }
    text_ += text;
}

void XmlDocumentReader::Handler::end_element() {
    if (plan_ == nullptr) leave_place();
    --depth_;
    if (plan_ == nullptr) return;
    if (skipped_ > 0) {
        --skipped_;
        return;
    }
    OpenElement& element = open_[depth_];
    const XmlNode* const node = element.node == kNoNode ? nullptr : &plan_->nodes[element.node];
    if (!element.saved.empty()) text_.insert(0, element.saved);
    const std::string_view text = trim_layout(text_);
    const Missing missing = element.nil ? Missing::null : text.empty() ? Missing::empty : Missing::no;
    const bool leaf = !element.has_children;
    if (node != nullptr && !node->columns.empty()) {
        if (leaf || !text.empty()) {
            for (const std::size_t column : node->columns) give(column, text, missing);
        }
    } else if (in_record_ && (!text.empty() || (leaf && node == nullptr))) {
        give_extra(node != nullptr ? (node->record ? std::string(".") : node->path) : extra_path_, text, missing);
    }
    text_.clear();
    extra_path_.resize(element.path_size);
    if (node != nullptr && node->record) end_record();
}

void XmlDocumentReader::Handler::start_record() {
    in_record_ = true;
    row_ = {};
    row_.cells_begin = cells.size();
    row_.texts_begin = texts.size();
    row_.line = line();
    ++record_mark_;
    ++ordinal_;
    for (const std::size_t column : plan_->ordinal) add_cell(column, std::to_string(ordinal_), Missing::no);
    for (const std::size_t column : enclosing_columns_) {
        if (declared_[column].known) add_cell(column, declared_[column].text, declared_[column].missing);
    }
}

void XmlDocumentReader::Handler::end_record() {
    if (!repeats_.empty()) {
        for (const auto& [column, values] : std::exchange(repeats_, {})) {
            give_extra((*columns_)[column] + "[more]", values, Missing::no);
        }
    }
    row_.cells_end = cells.size();
    row_.texts_end = texts.size();
    rows.push_back(row_);
    in_record_ = false;
}

void XmlDocumentReader::Handler::add_cell(std::size_t column, std::string_view text, Missing missing) {
    if (row_.too_large) return;
    if (texts.size() - row_.texts_begin + text.size() > bounds_.max_record_bytes) {
        row_.too_large = true;
        return;
    }
    if (column >= seen.size()) seen.resize(column + 1);
    seen[column] = true;
    if (marks_.any() && !row_.undecodable && has_mark(text)) {
        row_.undecodable = true;
        row_.bad_column = column;
    }
    XmlCell& cell = cells.emplace_back();
    cell.column = column;
    cell.missing = missing;
    cell.begin = texts.size();
    cell.end = texts.size() + text.size();
    texts += text;
}

void XmlDocumentReader::Handler::give(std::size_t column, std::string_view text, Missing missing) {
    if (!in_record_) {
        Enclosing& enclosing = declared_[column];
        if (enclosing.known) return;
        enclosing.known = true;
        enclosing.missing = missing;
        enclosing.text = text;
        return;
    }
    if (column >= given_.size()) given_.resize(column + 1);
    if (given_[column] == record_mark_) {
        std::string& more = repeats_[column];
        if (more.size() + text.size() > bounds_.max_text_bytes) {
            row_.too_large = true;
            return;
        }
        if (!more.empty()) more += '\n';
        more += text;
        return;
    }
    given_[column] = record_mark_;
    add_cell(column, text, missing);
}

void XmlDocumentReader::Handler::give_extra(const std::string& path, std::string_view text, Missing missing) {
    auto found = extras_.find(path);
    if (found == extras_.end()) {
        if (columns_->size() >= kMaxColumnsOfRecord) {
            row_.too_large = true;
            return;
        }
        found = extras_.emplace(path, columns_->size()).first;
        columns_->push_back(path);
    }
    give(found->second, text, missing);
}

XmlDocumentReader::XmlDocumentReader(const XmlPlan& plan, std::vector<std::string>& columns, const XmlBounds& bounds,
                                     XmlReading reading)
    : handler_(std::make_unique<Handler>(&plan, &columns, nullptr, bounds, reading)) {}
XmlDocumentReader::XmlDocumentReader(const XmlRecordPlaces& places, const XmlBounds& bounds)
    : handler_(std::make_unique<Handler>(nullptr, nullptr, &places, bounds, XmlReading::parser_only)) {}
XmlDocumentReader::~XmlDocumentReader() = default;

void XmlDocumentReader::start(const std::string& name) {
    handler_->start(name);
}
void XmlDocumentReader::parse(std::string_view piece) {
    handler_->parse(piece, false);
}
void XmlDocumentReader::finish() {
    handler_->parse({}, true);
}
const std::vector<XmlRow>& XmlDocumentReader::rows() const noexcept {
    return handler_->rows;
}
const XmlCell* XmlDocumentReader::cells() const noexcept {
    return handler_->cells.data();
}
std::string_view XmlDocumentReader::texts() const noexcept {
    return handler_->texts;
}
void XmlDocumentReader::take() {
    handler_->take();
}
std::uint64_t XmlDocumentReader::counted() const noexcept {
    return handler_->counted;
}
bool XmlDocumentReader::seen(std::size_t index) const noexcept {
    return index < handler_->seen.size() && handler_->seen[index];
}

}  // namespace caseweave
