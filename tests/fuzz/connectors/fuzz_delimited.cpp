#include "connectors/formats/delimited.hpp"
#include "connectors/formats/delimited_reader.hpp"
#include "connectors/formats/memory_stream.hpp"
#include "read_and_check.hpp"

namespace {

using namespace caseweave;

template <typename Scan>
std::string split(const std::string& text, const DelimitedDialect& dialect) {
    using Reader = BasicDelimitedReader<Scan>;
    MemoryStream stream("fuzz", text);
    DocumentWindow window(stream);
    Reader reader(window, dialect, 1);
    std::string seen;
    for (auto outcome = reader.next(); outcome != Reader::Outcome::end; outcome = reader.next()) {
        seen += std::to_string(static_cast<int>(outcome)) + "@" + std::to_string(reader.line()) + "+" +
                std::to_string(reader.offset());
        for (const DelimitedField& field : reader.fields()) {
            if (field.begin > field.end || field.end > reader.bytes().size()) std::abort();
            seen += " " + std::to_string(field.begin) + "-" + std::to_string(field.end);
        }
    }
    return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
    const DelimitedDialect dialect{',', (data[0] & 1U) != 0 ? '"' : '\0',
                                   std::size_t{64} + (static_cast<unsigned>(data[0]) >> 1U)};
    if (split<SeparatorScan>(text, dialect) != split<ScalarSeparatorScan>(text, dialect)) std::abort();

    static const auto format = make_delimited_format();
    static const EntityDefinition entity = testing::make_entity("row", {"A", "B", "C"});
    static const ConnectorDefinition csv = testing::make_connector(entity, "max_record_bytes = 256");
    static const ConnectorDefinition ledger = [] {
        EntityDefinition typed = entity;
        typed.record = "D";
        return testing::make_connector(
            typed,
            "separator = \"|\"\nquote = \"\"\nrecord_types = true\nencoding = \"windows-1252\"\ntotal_columns = \"B\"");
    }();
    read_and_check(*format, entity, csv, {{"a.csv", "A,B,C\n" + text}, {"b.csv", text}});
    read_and_check(*format, ledger.entities.front(), ledger, {{"a.psv", "H\n" + text}});
    try {
        testing::count_rows(*format, ledger, "H\n" + text);
    } catch (const Error&) {
    }
    return 0;
}
