#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/formats/delimited_reader.hpp"
#include "connectors/formats/text_encoding.hpp"
#include "settings/connector_definition.hpp"

namespace caseweave {

/// Holds [format_settings] of a delimited connector; delimited_options() says what each means.
struct DelimitedSettings {
    DelimitedDialect dialect;
    TextEncoding encoding = TextEncoding::utf8;
    bool has_header = true;
    bool record_types = false;
    std::string header_type, trailer_type;
    std::size_t trailer_count = 0, trailer_total = 0;
    std::vector<std::string> total_columns;

    static DelimitedSettings read(const TomlTable& settings);
};

/// Holds a ledger file against its trailer: framed by header and trailer, number of records, sum of the amounts.
/// @return the number of records between them.
/// @throws Error(integrity) that names the file and which of them is wrong.
std::uint64_t verify_control_totals(const EntityDefinition& entity, const ConnectorDefinition& connector,
                                    const DelimitedSettings& settings, ByteStream& document);

/// Finds the entity of `connector` that reads records of `type` from the same files as `entity`; null when none does.
const EntityDefinition* find_record_type(const ConnectorDefinition& connector, const EntityDefinition& entity,
                                         std::string_view type) noexcept;

/// Tells whether `entity` is the first of its connector that reads its files: the one that answers for what no entity
/// knows.
bool is_first_of_its_files(const ConnectorDefinition& connector, const EntityDefinition& entity) noexcept;

}  // namespace caseweave
