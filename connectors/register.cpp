#include "connectors/formats/delimited.hpp"
#include "connectors/formats/fixed_width.hpp"
#include "connectors/formats/json.hpp"
#include "connectors/formats/xlsx.hpp"
#include "connectors/formats/xml.hpp"
#include "connectors/transports/file_drop.hpp"
#include "connectors/transports/https.hpp"
#include "connectors/transports/odbc.hpp"
#include "connectors/transports/postgres.hpp"
#include "extract/registry.hpp"

namespace caseweave {

void register_transports_and_formats(Registry& registry) {
    registry.add_transport("odbc", make_odbc_transport, odbc_options());
    registry.add_transport("postgres", make_postgres_transport, postgres_options());
    registry.add_transport("https", make_https_transport, https_options());
    registry.add_transport("file_drop", make_file_drop_transport, file_drop_options());

    registry.add_format("delimited", make_delimited_format, delimited_options());
    registry.add_format("fixed_width", make_fixed_width_format, fixed_width_options());
    registry.add_format("xml", make_xml_format, xml_options());
    registry.add_format("json", make_json_format, json_options());
    registry.add_format("xlsx", make_xlsx_format, xlsx_options());
}

}  // namespace caseweave
