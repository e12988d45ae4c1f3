#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "conformance/reading.hpp"
#include "conformance/source_data.hpp"
#include "core/error.hpp"

namespace caseweave::conformance {

/// Names every folder of connectors/ that has a connector.toml, in name order.
std::vector<std::string> connector_names();

/// One check on one connector; the parameter is the connector's name.
class ConnectorConformance : public ::testing::TestWithParam<std::string> {
  protected:
    void SetUp() override;

    const ConnectorDefinition& definition() const noexcept { return *definition_; }
    const std::shared_ptr<const ConnectorDefinition>& shared_definition() const noexcept { return definition_; }
    const std::vector<EntityDefinition>& entities() const noexcept { return definition_->entities; }
    std::unique_ptr<SourceData> test_data() const { return load_test_data(*definition_); }

    /// Adds a line to what the binary prints about the connector at its end.
    void cover(const std::string& what) const;

    /// Texts that tell a placed row of the entity from the others: its key, as far as the record itself holds it.
    static Fields key_of(const SourceData& data, const EntityDefinition& entity, const EntityReading& reading);

    /// Expects that `what` throws an Error that says `words`, and gives it back; null when it does not throw.
    template <typename What>
    static std::unique_ptr<Error> expect_error(const What& what, const std::string& words) {
        try {
            what();
        } catch (const Error& error) {
            EXPECT_NE(std::string(error.what()).find(words), std::string::npos)
                << "the error does not name " << words << ": " << error.what();
            return std::make_unique<Error>(error);
        }
        ADD_FAILURE() << "no error, where one that names " << words << " was due";
        return nullptr;
    }

  private:
    std::shared_ptr<const ConnectorDefinition> definition_;
};

}  // namespace caseweave::conformance
