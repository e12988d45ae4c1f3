#include <zip.h>

#include "connectors/formats/xlsx.hpp"
#include "read_and_check.hpp"
#include "support/temporary_folder.hpp"

namespace {

void add_part(zipFile file, const char* name, const std::string& bytes) {
    zipOpenNewFileInZip64(file, name, nullptr, nullptr, 0, nullptr, 0, nullptr, 0, 0, 1);
    zipWriteInFileInZip(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    zipCloseFileInZip(file);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace caseweave;
    if (size < 1) return 0;
    static const testing::TemporaryFolder folder;
    static const auto format = make_xlsx_format();
    static const EntityDefinition entity = [] {
        EntityDefinition made = testing::make_entity("row", {"A", "B"});
        made.record = "S";
        made.optional_columns = made.columns;
        return made;
    }();
    static const ConnectorDefinition connector = testing::make_connector(entity, "max_unpacked_bytes = 1000000");
    const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
    if ((data[0] & 3U) == 0) {
        folder.write("a.xlsx", text);
    } else {
        // The vocabulary is reached faster inside a sound package.
        const unsigned part = data[0] & 3U;
        zipFile file = zipOpen64((folder.path() / "a.xlsx").c_str(), 0);
        add_part(file, "xl/workbook.xml",
                 "<workbook xmlns:r='urn:r'><sheets><sheet name='S' r:id='r1'/></sheets></workbook>");
        add_part(file, "xl/_rels/workbook.xml.rels",
                 "<Relationships><Relationship Id='r1' Target='s.xml'/></Relationships>");
        add_part(
            file, "xl/styles.xml",
            part == 1 ? text : "<styleSheet><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/></cellXfs></styleSheet>");
        add_part(file, "xl/sharedStrings.xml", part == 2 ? text : "<sst><si><t>A</t></si><si><t>B</t></si></sst>");
        add_part(file, "xl/s.xml",
                 part == 3 ? text
                           : "<worksheet><sheetData><row r='1'><c t='s'><v>0</v></c></row><row><c "
                             "s='1'><v>46112</v></c></row></sheetData></worksheet>");
        zipClose(file, nullptr);
    }
    read_and_check(*format, entity, connector, {{"a.xlsx", ""}}, folder.path());
    return 0;
}
