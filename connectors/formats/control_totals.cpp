#include <algorithm>
#include <charconv>

#include "connectors/formats/delimited_settings.hpp"
#include "core/decimal.hpp"
#include "core/error.hpp"

namespace caseweave {

namespace {

/// What stands between the header and the trailer of one file.
struct LedgerTally {
    std::uint64_t records = 0;
    std::int64_t hundredths = 0;
};

[[noreturn]] void fail(const std::string& document, const std::string& what) {
    throw Error(ErrorKind::integrity,
                document + ": " + what + "; nothing was loaded, have the file exported and sent again");
}

/// Index of the field that holds the amount of a record of `entity`; 0 (its type) when it has none.
std::size_t amount_field(const EntityDefinition& entity, const std::vector<std::string>& total_columns) {
    for (const std::string& column : total_columns) {
        const auto found = std::find(entity.columns.begin(), entity.columns.end(), column);
        if (found != entity.columns.end()) return static_cast<std::size_t>(found - entity.columns.begin()) + 1;
    }
    return 0;
}

void hold_against_trailer(const DelimitedReader& trailer, const DelimitedSettings& settings, const LedgerTally& tally,
                          const std::string& document) {
    const auto field = [&](std::size_t position) {
        if (position > trailer.fields().size()) fail(document, "the trailer has no field " + std::to_string(position));
        return trailer.field(position - 1);
    };
    if (settings.trailer_count > 0) {
        const std::string_view text = field(settings.trailer_count);
        std::uint64_t promised = 0;
        const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), promised);
        if (error != std::errc() || stop != text.data() + text.size())
            fail(document, "the trailer's row count is not a number");
        if (promised != tally.records) {
            fail(document, "the trailer promises " + std::to_string(promised) + " records and the file holds " +
                               std::to_string(tally.records));
        }
    }
    if (settings.trailer_total > 0 && !settings.total_columns.empty()) {
        const Parsed<Decimal> promised = parse_decimal(field(settings.trailer_total));
        if (!promised) fail(document, "the trailer's control total is not an amount");
        if (promised->hundredths != tally.hundredths)
            fail(document, "the amounts do not add up to the trailer's control total");
    }
}

}  // namespace

std::uint64_t verify_control_totals(const EntityDefinition& entity, const ConnectorDefinition& connector,
                                    const DelimitedSettings& settings, ByteStream& document) {
    DocumentWindow window(document);
    begin_text(window, document.name());
    DelimitedReader reader(window, settings.dialect, 1);
    LedgerTally tally;
    bool framed = false;
    bool closed = false;
    for (auto outcome = reader.next(); outcome != DelimitedReader::Outcome::end; outcome = reader.next()) {
        if (closed) fail(document.name(), "lines stand after the trailer (line " + std::to_string(reader.line()) + ")");
        const std::string_view type = reader.fields().empty() ? std::string_view() : reader.field(0);
        if (!framed) {
            if (type != settings.header_type) fail(document.name(), "the file does not start with its header record");
            framed = true;
        } else if (type == settings.trailer_type && !type.empty()) {
            hold_against_trailer(reader, settings, tally, document.name());
            closed = true;
        } else {
            ++tally.records;
            // A record that will be quarantined counts too, as long as its amount can be read.
            const EntityDefinition* const known = find_record_type(connector, entity, type);
            const std::size_t amount = known == nullptr ? 0 : amount_field(*known, settings.total_columns);
            if (amount > 0 && reader.fields().size() > amount) {
                if (const Parsed<Decimal> value = parse_decimal(reader.field(amount)))
                    tally.hundredths += value->hundredths;
            }
        }
    }
    if (!framed) fail(document.name(), "the file is empty");
    if (!closed) fail(document.name(), "the trailer record is missing: the file is cut off");
    return tally.records;
}

}  // namespace caseweave
