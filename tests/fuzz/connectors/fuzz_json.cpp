#include "connectors/formats/json.hpp"
#include "read_and_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace caseweave;
    if (size < 1) return 0;
    static const auto format = make_json_format();
    static const EntityDefinition line = [] {
        EntityDefinition made = testing::make_entity("line", {"a", "b"}, {"/a", "/n/b"});
        made.optional_columns = made.columns;
        return made;
    }();
    static const EntityDefinition member = [] {
        EntityDefinition made = testing::make_entity("member", {"a", "up", "top", "n"}, {"/a", "^/a", "^^/a", "#"});
        made.record = "/d/*/m";
        made.optional_columns = made.columns;
        return made;
    }();
    static const ConnectorDefinition lines =
        testing::make_connector(line, "ndjson = true\nmax_document_bytes = 4096\nmax_depth = 8");
    static const ConnectorDefinition pages = testing::make_connector(member, "max_depth = 8");
    const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
    if ((data[0] & 1U) != 0) {
        read_and_check(*format, line, lines, {{"export", text}});
    } else {
        read_and_check(*format, member, pages, {{"page", text}});
    }
    return 0;
}
