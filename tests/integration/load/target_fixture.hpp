#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "canonical/schema.hpp"
#include "ledger/run_ledger.hpp"
#include "load/migrations.hpp"
#include "load/private_cluster.hpp"
#include "load/target_schema.hpp"

namespace caseweave {

/// Gives the canonical schema and the target's, read once.
const CanonicalSchema& canonical_schema();
const TargetSchema& target_schema();
const TargetDefinition& target_definition();

/// Makes a temporary folder and takes it away again.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    const std::filesystem::path& path() const noexcept { return path_; }

  private:
    std::filesystem::path path_;
};

/// Makes a cluster in a temporary folder and takes it away again.
struct OwnCluster {
    TemporaryFolder folder;
    PrivateCluster cluster = PrivateCluster::start(folder.path());
    OwnCluster() = default;
    ~OwnCluster() { cluster.remove(); }
    OwnCluster(const OwnCluster&) = delete;
    OwnCluster& operator=(const OwnCluster&) = delete;
};

/// Gives each test an empty, migrated target in a cluster that all tests of the binary share.
class TargetFixture : public testing::Test {
  protected:
    void SetUp() override;
    static PrivateCluster& cluster();
    static TargetConnection connect(std::string_view role = "caseweave_loader");
    /// Starts a run for a test.
    static RunLedger begin_run(TargetConnection& connection);
    /// The single value a query gives.
    static std::string value(TargetConnection& connection, const std::string& sql);
};

}  // namespace caseweave
