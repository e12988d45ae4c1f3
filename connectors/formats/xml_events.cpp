#include "connectors/formats/xml_events.hpp"

#include <libxml/SAX2.h>
#include <libxml/parser.h>

#include <cstring>
#include <mutex>

#include "connectors/formats/xml_fault.hpp"
#include "connectors/formats/xml_silence.hpp"
#include "core/error.hpp"

namespace caseweave {

namespace {
/// Deepest nesting of the vocabularies read here; theirs is about ten.
constexpr std::size_t kMaxDepth = 32;

std::string_view name_view(const xmlChar* text) noexcept {
    return reinterpret_cast<const char*>(text);
}
}  // namespace

std::string_view XmlAttributes::find(std::string_view local_name) const noexcept {
    for (int i = 0; i < count_; ++i) {
        const unsigned char* const* const attribute = attributes_ + 5 * i;
        if (name_view(attribute[0]) != local_name) continue;
        // The end is the fifth pointer; an empty value still has a beginning.
        return {reinterpret_cast<const char*>(attribute[3]), static_cast<std::size_t>(attribute[4] - attribute[3])};
    }
    return {};
}

struct XmlEventParser::Context {
    XmlEvents* events;
    std::string name;
    std::string failure;
    std::size_t depth = 0;
    xmlSAXHandler callbacks;
    xmlParserCtxt* parser = nullptr;

    Context(XmlEvents& taker, std::string document) : events(&taker), name(std::move(document)) {
        static std::once_flag initialised;
        std::call_once(initialised, xmlInitParser);
        std::memset(&callbacks, 0, sizeof callbacks);
        callbacks.initialized = XML_SAX2_MAGIC;
        callbacks.internalSubset = [](void* context, const xmlChar*, const xmlChar*, const xmlChar*) {
            self(context).stop("has a document type, which is refused");
        };
        callbacks.startElementNs = [](void* context, const xmlChar* element, const xmlChar*, const xmlChar*, int,
                                      const xmlChar**, int count, int, const xmlChar** attributes) {
            Context& me = self(context);
            if (++me.depth > kMaxDepth) return me.stop("nests too deep");
            me.events->start_element(name_view(element), XmlAttributes(attributes, count));
        };
        callbacks.endElementNs = [](void* context, const xmlChar* element, const xmlChar*, const xmlChar*) {
            --self(context).depth;
            self(context).events->end_element(name_view(element));
        };
        callbacks.characters = [](void* context, const xmlChar* text, int size) {
            self(context).events->text({reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)});
        };
        callbacks.ignorableWhitespace = callbacks.characters;
        callbacks.cdataBlock = callbacks.characters;
        callbacks.serror = [](void*, xmlErrorPtr) {};
        parser = xmlCreatePushParserCtxt(&callbacks, nullptr, nullptr, 0, nullptr);
        if (parser == nullptr) throw std::bad_alloc();
        parser->_private = this;
        xmlCtxtUseOptions(parser, XML_PARSE_NONET);
    }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context() { xmlFreeParserCtxt(parser); }

    static Context& self(void* context) {
        return *static_cast<Context*>(static_cast<xmlParserCtxt*>(context)->_private);
    }

    void stop(const std::string& reason) {
        if (failure.empty()) failure = reason;
        xmlStopParser(parser);
    }
    void parse(std::string_view piece, bool last) {
        silence_xml_parser();
        const int code = xmlParseChunk(parser, piece.data(), static_cast<int>(piece.size()), last ? 1 : 0);
        if (failure.empty() && code == 0 && (!last || parser->wellFormed == 1)) return;
        if (failure.empty()) failure = describe_xml_fault(parser->errNo);
        throw Error(ErrorKind::integrity, name + " " + failure + "; have it exported again");
    }
};

XmlEventParser::XmlEventParser(XmlEvents& events, std::string name)
    : context_(std::make_unique<Context>(events, std::move(name))) {}
XmlEventParser::~XmlEventParser() = default;
void XmlEventParser::parse(std::string_view piece) {
    context_->parse(piece, false);
}
void XmlEventParser::finish() {
    context_->parse({}, true);
}
void XmlEventParser::stop(const std::string& reason) {
    context_->stop(reason);
}

}  // namespace caseweave
