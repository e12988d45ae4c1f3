#include "connectors/formats/xml.hpp"
#include "read_and_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace caseweave;
    static const auto format = make_xml_format();
    static const EntityDefinition entity = [] {
        EntityDefinition made =
            testing::make_entity("row", {"id", "given", "up", "text", "n"}, {"@i", "a/b", "^R/x", ".", "#"});
        made.record = "R/c/d";
        made.optional_columns = made.columns;
        return made;
    }();
    static const ConnectorDefinition connector =
        testing::make_connector(entity, "max_depth = 12\nmax_text_bytes = 64\nmax_record_bytes = 256");
    const std::string text(reinterpret_cast<const char*>(data), size);
    read_and_check(*format, entity, connector, {{"a.xml", text}});
    read_and_check(*format, entity, connector, {{"a.xml", "<R><x>1</x><c>" + text + "</c></R>"}});
    try {
        testing::count_rows(*format, connector, text);
    } catch (const Error&) {
    }
    return 0;
}
