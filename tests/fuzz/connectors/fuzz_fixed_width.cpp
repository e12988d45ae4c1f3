#include "connectors/formats/fixed_width.hpp"
#include "read_and_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace caseweave;
    if (size < 1) return 0;
    static const auto format = make_fixed_width_format();
    static const EntityDefinition entity = [] {
        EntityDefinition made = testing::make_entity("row", {"A", "B"});
        made.column_extents = {{1, 3}, {6, 4}};
        made.optional_columns = {"B"};
        return made;
    }();
    static const ConnectorDefinition windows = testing::make_connector(entity);
    static const ConnectorDefinition utf8 = testing::make_connector(entity, "encoding = \"utf-8\"\nrecord_length = 9");
    const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
    read_and_check(*format, entity, (data[0] & 1U) != 0 ? utf8 : windows, {{"a.dat", text}});
    return 0;
}
