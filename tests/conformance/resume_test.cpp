#include "conformance/connector_conformance.hpp"
#include "core/record_batch.hpp"

namespace caseweave::conformance {

namespace {

/// Makes batches small as long as it lives.
class SmallBatches {
  public:
    explicit SmallBatches(std::size_t rows) { RecordBatch::set_row_limit(rows); }
    SmallBatches(const SmallBatches&) = delete;
    SmallBatches& operator=(const SmallBatches&) = delete;
    ~SmallBatches() { RecordBatch::set_row_limit(RecordBatch::kRows); }
};

TEST_P(ConnectorConformance, ResumesFromEveryCheckpoint) {
    const auto staged = test_data()->stage();
    const auto connector = staged->connect(shared_definition());
    std::size_t resumed = 0, most = 0;
    for (const EntityDefinition& entity : entities()) {
        SCOPED_TRACE("entity " + entity.name);
        const RawReading whole = read_raw(*connector, entity, "");
        for (const std::size_t rows : {1U, 2U}) {
            const SmallBatches small(rows);
            const RawReading cut = read_raw(*connector, entity, "");
            EXPECT_EQ(cut.rows, whole.rows) << "small batches give other rows than large ones";
            // Rows that share a key stay together, so a batch may be larger than asked for.
            ASSERT_GE(cut.checkpoints.size() * (rows + 1), cut.rows.size()) << "batches are not small";
            for (const auto& [before, checkpoint] : cut.checkpoints) {
                const RawReading rest = read_raw(*connector, entity, checkpoint);
                const std::vector<std::string> expected(cut.rows.begin() + static_cast<std::ptrdiff_t>(before),
                                                        cut.rows.end());
                EXPECT_EQ(rest.rows, expected) << "from the checkpoint after " << before << " rows";
                ++resumed;
            }
            most = std::max(most, cut.checkpoints.size());
        }
    }
    EXPECT_GE(most, 3U) << "testdata/ is too small to resume in the middle of anything";
    cover("resume: from " + std::to_string(resumed) + " checkpoints, up to " + std::to_string(most) + " an entity");
}

TEST_P(ConnectorConformance, TakesAnEmptySourceAsNoRows) {
    const auto data = test_data();
    data->remove_all_rows();
    const auto staged = data->stage();
    const auto connector = staged->connect(shared_definition());
    connector->verify();
    for (const CheckFinding& finding : connector->check(LookInto::records))
        EXPECT_EQ(finding.level, CheckFinding::Level::ok) << finding.what;
    for (const EntityDefinition& entity : entities())
        EXPECT_TRUE(read_raw(*connector, entity, "").rows.empty()) << "entity " << entity.name;
    cover("empty source: no rows, no error");
}

}  // namespace

}  // namespace caseweave::conformance
