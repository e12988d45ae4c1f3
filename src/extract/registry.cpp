#include "extract/registry.hpp"

#include "core/error.hpp"

namespace caseweave {

namespace {
template <typename Map>
[[noreturn]] void fail_unknown(const ConnectorDefinition& definition, std::string_view what, const std::string& name,
                               const Map& known) {
    std::string message =
        definition.folder.string() + "/connector.toml: unknown " + std::string(what) + " \"" + name + "\"; known:";
    for (const auto& entry : known) message += " " + entry.first;
    throw Error(ErrorKind::usage, message);
}
}  // namespace

std::unique_ptr<Connector> Registry::connect(std::shared_ptr<const ConnectorDefinition> definition,
                                             const TransportContext& context) const {
    const auto transport = transports_.find(definition->transport);
    if (transport == transports_.end()) fail_unknown(*definition, "transport", definition->transport, transports_);
    std::unique_ptr<Format> format;
    if (!definition->format.empty()) {
        const auto found = formats_.find(definition->format);
        if (found == formats_.end()) fail_unknown(*definition, "format", definition->format, formats_);
        format = found->second.make();
    }
    auto made = transport->second.make(context);
    if (made->yields_documents() != (format != nullptr)) {
        throw Error(ErrorKind::usage,
                    definition->folder.string() + "/connector.toml: transport \"" + definition->transport +
                        (format ? "\" yields rows and takes no format" : "\" yields documents and needs a format"));
    }
    return std::make_unique<Connector>(std::move(definition), std::move(made), std::move(format));
}

}  // namespace caseweave
