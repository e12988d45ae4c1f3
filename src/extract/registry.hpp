#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "extract/connector.hpp"
#include "extract/transport.hpp"

namespace caseweave {

/// Holds the transports and formats compiled in, by name. connectors/register.cpp fills it in one readable list.
class Registry {
  public:
    using MakeTransport = std::function<std::unique_ptr<Transport>(const TransportContext&)>;
    using MakeFormat = std::function<std::unique_ptr<Format>()>;

    void add_transport(std::string name, MakeTransport make) { transports_.emplace(std::move(name), std::move(make)); }
    void add_format(std::string name, MakeFormat make) { formats_.emplace(std::move(name), std::move(make)); }

    /// Makes a connector. An unknown transport or format is a SettingsError that lists the known ones.
    std::unique_ptr<Connector> connect(std::shared_ptr<const ConnectorDefinition> definition,
                                       const TransportContext& context) const;

  private:
    std::map<std::string, MakeTransport, std::less<>> transports_;
    std::map<std::string, MakeFormat, std::less<>> formats_;
};

/// Registers every transport and format of connectors/. Defined in connectors/register.cpp.
void register_transports_and_formats(Registry& registry);

}  // namespace caseweave
