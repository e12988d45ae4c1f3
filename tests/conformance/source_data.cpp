#include "conformance/source_data.hpp"

#include <stdexcept>

#include "extract/registry.hpp"

namespace caseweave::conformance {

std::unique_ptr<Connector> StagedSource::connect(const std::shared_ptr<const ConnectorDefinition>& definition) const {
    static const Registry registry = [] {
        Registry all;
        register_transports_and_formats(all);
        return all;
    }();
    const TransportContext context{*definition, TomlTable::parse(settings, "conformance settings"),
                                   [given = secret](std::string_view) { return given; }};
    return registry.connect(definition, context);
}

std::unique_ptr<SourceData> load_test_data(const ConnectorDefinition& connector) {
    const bool rows = connector.format.empty();
    return rows ? load_database(connector) : load_documents(connector);
}

}  // namespace caseweave::conformance
