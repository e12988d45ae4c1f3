#include "integration/load/target_fixture.hpp"

#include <unistd.h>

#include <memory>

#include "canonical/copy_encoding.hpp"

namespace caseweave {

const CanonicalSchema& canonical_schema() {
    static const CanonicalSchema schema = CanonicalSchema::load(CASEWEAVE_SOURCE_DIR "/schemas/canonical");
    return schema;
}

const TargetSchema& target_schema() {
    static const TargetSchema schema(canonical_schema());
    return schema;
}

const TargetDefinition& target_definition() {
    static const TargetDefinition definition =
        TargetDefinition::load(CASEWEAVE_SOURCE_DIR "/schemas/target", target_schema());
    return definition;
}

TemporaryFolder::TemporaryFolder() {
    static int count = 0;
    // A blank in the path, since users have them.
    path_ = std::filesystem::temp_directory_path() /
            ("caseweave test " + std::to_string(getpid()) + "-" + std::to_string(++count));
    std::filesystem::create_directories(path_);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
}

namespace {

struct SharedCluster {
    OwnCluster own;
    SharedCluster() {
        TargetConnection admin(own.cluster.settings(PrivateCluster::kAdmin));
        migrate_target(admin, target_definition(), target_schema());
    }
};

std::unique_ptr<SharedCluster> shared;

class TakeDownCluster : public testing::Environment {
  public:
    void TearDown() override { shared.reset(); }
};
const auto* const kTakeDown = testing::AddGlobalTestEnvironment(new TakeDownCluster);

}  // namespace

PrivateCluster& TargetFixture::cluster() {
    if (shared == nullptr) shared = std::make_unique<SharedCluster>();
    return shared->own.cluster;
}

void TargetFixture::SetUp() {
    TargetConnection admin(cluster().settings(PrivateCluster::kAdmin));
    std::string tables =
        "lineage.run, lineage.crosswalk, lineage.source_row, sealed.source_row, lineage.quarantine, "
        "lineage.field_issue, "
        "lineage.identity_event, review.pair, review.decision, audit.access_log";
    for (const EntityDescriptor* entity : target_schema().entities()) tables += ", " + qualified_table(*entity);
    admin.execute("TRUNCATE " + tables + " CASCADE");
}

TargetConnection TargetFixture::connect(std::string_view role) {
    return TargetConnection(cluster().settings(role));
}

RunLedger TargetFixture::begin_run(TargetConnection& connection) {
    return RunLedger::begin(connection, {"bulk", "test", "0", 42, "test", "tester@here, process 1"});
}

std::string TargetFixture::value(TargetConnection& connection, const std::string& sql) {
    const TargetResult result = connection.execute(sql);
    return result.empty() ? std::string("(no row)") : std::string(result.text(0, 0));
}

}  // namespace caseweave
