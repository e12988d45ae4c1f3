#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "canonical/copy_encoding.hpp"
#include "ledger/lineage_writer.hpp"
#include "ledger/run_ledger.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Loads the canonical rows of source entities by binary COPY, a batch a transaction: rows of all tables touched,
/// ledger, lineage and checkpoint become visible together or not at all.
///
///     writer.open({"social_care", "referral"}, area, "cases");
///     for each batch: writer.add(row, placement) ...; writer.counts().read += ...; writer.lineage().add_reject(...);
///                     writer.set_checkpoint(batch.checkpoint, false); if (writer.full()) writer.commit();
///     writer.set_checkpoint(last, true); writer.commit();
///
/// The first table a batch touches is streamed while rows are still being encoded, so that client and server work at
/// once; rows of other tables wait in memory for the commit. After an Error the batch is gone and the connection may be
/// broken: throw the writer away, and after Error(in_doubt) ask RunLedger::is_committed. One thread, one connection.
class BatchWriter {
  public:
    /// Bytes sent to libpq at once: below a socket's buffer, so that sending does not wait for the server.
    static constexpr std::size_t kChunkBytes = 96 * 1024;
    /// A batch is full at this many encoded bytes: a commit costs some milliseconds, and a killed run repeats this
    /// much.
    static constexpr std::size_t kBatchBytes = 16 * 1024 * 1024;

    /// Says whose transaction the rows go into.
    enum class Transactions {
        own,     ///< one for each batch
        joined,  ///< the caller's, which is open: commit() writes into it and leaves committing to the caller
    };

    /// Connection and ledger must outlive the writer.
    BatchWriter(TargetConnection& connection, RunLedger& ledger, Transactions transactions = Transactions::own);
    ~BatchWriter();
    BatchWriter(const BatchWriter&) = delete;
    BatchWriter& operator=(const BatchWriter&) = delete;

    /// Says whose rows follow. What was added before has to be committed. @param area bit of ServiceArea of the source.
    void open(const SourceEntity& entity, std::uint8_t area, std::string_view pass);

    /// Encodes, digests and sends one row; counts it as emitted. row.entity must outlive the writer.
    void add(const CanonicalRow& row, const RowPlacement& placement);
    /// Adds a row whose area is not the source's own (golden rows: the areas of all its records).
    void add(const CanonicalRow& row, const RowPlacement& placement, std::uint8_t area);

    /// Tallies and counts a row that the caller deletes.
    void take_away(const EntityDescriptor& entity, std::string_view source_key, Digest128 digest);

    /// Tallies a row that lineage keeps beside the canonical ones and that the caller deletes. @param table one of
    /// kLineageTallies.
    void take_away_kept(std::string_view table, std::string_view source_key, Digest128 digest);

    /// Counters of the open batch: the caller adds where source rows went; emitted and inserted are the writer's.
    EntityCounts& counts() noexcept { return batch_.counts; }
    /// Quarantine, field issues and source rows of the open batch.
    LineageWriter& lineage() noexcept { return lineage_; }
    /// Context of the open entity for lineage().
    LineageContext context() const noexcept;
    void set_checkpoint(std::string_view position, bool complete);

    /// Tells whether the batch is large enough to commit.
    bool full() const noexcept { return bytes_ + lineage_.bytes() >= kBatchBytes; }
    /// Commits rows, lineage, counters and checkpoint. Without anything to write it does nothing.
    /// @return number of the batch, 0 when there was nothing. @throws Error(in_doubt) when the link broke while
    /// committing.
    std::int64_t commit();
    /// Drops the open batch.
    void abandon() noexcept;

  private:
    /// Rows of one table and one area on their way.
    struct Table {
        std::unique_ptr<RowEncoder> encoder;
        CopyBuffer rows;
        bool streaming = false;
    };
    void begin();
    void send(Table& table, bool all);
    void finish_copies();

    TargetConnection& connection_;
    RunLedger& ledger_;
    Transactions transactions_;
    LineageWriter lineage_;
    BatchRecord batch_;
    std::uint8_t area_ = 0;
    std::map<std::pair<const EntityDescriptor*, std::uint8_t>, Table> tables_;
    Table* last_table_ = nullptr;  // of the row before: rows come in runs
    std::pair<const EntityDescriptor*, std::uint8_t> last_key_{nullptr, 0};
    SegmentTallies* last_tallies_ = nullptr;
    Table* streaming_ = nullptr;
    std::size_t bytes_ = 0;
    bool begun_ = false;
    bool touched_ = false;  // a checkpoint was set
};

}  // namespace caseweave
