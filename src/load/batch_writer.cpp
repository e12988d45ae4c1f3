#include "load/batch_writer.hpp"

#include "core/fault_point.hpp"

namespace caseweave {

BatchWriter::BatchWriter(TargetConnection& connection, RunLedger& ledger, Transactions transactions)
    : connection_(connection), ledger_(ledger), transactions_(transactions) {}

BatchWriter::~BatchWriter() {
    abandon();
}

void BatchWriter::open(const SourceEntity& entity, std::uint8_t area, std::string_view pass) {
    abandon();
    tables_.clear();
    last_table_ = nullptr;
    last_key_ = {nullptr, 0};
    batch_ = {};
    batch_.entity = entity;
    batch_.pass = pass;
    area_ = area;
    if (const auto checkpoint = ledger_.checkpoint(entity, pass)) batch_.checkpoint = *checkpoint;
}

LineageContext BatchWriter::context() const noexcept {
    return {ledger_.run(), batch_.entity.system, batch_.entity.entity, area_};
}

void BatchWriter::set_checkpoint(std::string_view position, bool complete) {
    batch_.checkpoint = {std::string(position), complete};
    touched_ = true;
}

void BatchWriter::begin() {
    if (begun_) return;
    begun_ = true;
    if (transactions_ == Transactions::joined) return;
    // Batches do not wait for the disk: a crash of the server loses the newest ones whole, ledger and checkpoint with
    // them, and the resumed run loads them again. Closing the run waits for everything.
    connection_.begin_to_write();
    connection_.execute("BEGIN; SET LOCAL synchronous_commit = off");
}

void BatchWriter::add(const CanonicalRow& row, const RowPlacement& placement) {
    add(row, placement, area_);
}

void BatchWriter::add(const CanonicalRow& row, const RowPlacement& placement, std::uint8_t area) {
    const std::pair key{row.entity, area};
    if (last_table_ == nullptr || key != last_key_) {
        begin();
        Table& found = tables_[key];
        if (found.encoder == nullptr)
            found.encoder = std::make_unique<RowEncoder>(*row.entity, batch_.entity.system, batch_.entity.entity, area,
                                                         ledger_.run());
        if (streaming_ == nullptr) {
            connection_.copy_in_begin(copy_in_sql(*row.entity));
            connection_.copy_in_put(copy_header());
            found.streaming = true;
            streaming_ = &found;
        }
        last_table_ = &found;
        last_key_ = key;
        last_tallies_ = &batch_.tallies[{batch_.entity.system, batch_.entity.entity, row.entity->name}];
    }
    Table& table = *last_table_;
    const std::size_t before = table.rows.size();
    RowPlacement placed = placement;
    if (fault_point("load.wrong_child")) ++placed.person.value;
    const Digest128 digest = table.encoder->encode(row, placed, table.rows);
    last_tallies_->add(row.source_key, digest);
    ++batch_.counts.emitted;
    if (fault_point("load.row_lost")) table.rows.truncate(before);
    if (fault_point("load.row_twice")) table.encoder->encode(row, placed, table.rows);
    bytes_ += table.rows.size() - before;
    if (table.streaming && table.rows.size() >= kChunkBytes) send(table, false);
}

void BatchWriter::take_away(const EntityDescriptor& entity, std::string_view source_key, Digest128 digest) {
    batch_.tallies[{batch_.entity.system, batch_.entity.entity, entity.name}].take_away(source_key, digest);
    ++batch_.counts.deleted;
    touched_ = true;
}

void BatchWriter::take_away_kept(std::string_view table, std::string_view source_key, Digest128 digest) {
    batch_.tallies[{batch_.entity.system, batch_.entity.entity, std::string(table)}].take_away(source_key, digest);
    touched_ = true;
}

void BatchWriter::send(Table& table, bool all) {
    std::string_view rest = table.rows.view();
    while (!rest.empty() && (all || rest.size() >= kChunkBytes)) {
        const std::string_view chunk = rest.substr(0, kChunkBytes);
        connection_.copy_in_put(chunk);
        rest.remove_prefix(chunk.size());
    }
    const std::string kept(rest);
    table.rows.clear();
    if (!kept.empty()) {
        char* at = table.rows.reserve(kept.size());
        kept.copy(at, kept.size());
        table.rows.advance_to(at + kept.size());
    }
}

void BatchWriter::finish_copies() {
    const auto finish = [this](Table& table) {
        send(table, true);
        connection_.copy_in_put(copy_trailer());
        batch_.counts.inserted += static_cast<std::int64_t>(connection_.copy_in_end());
        table.streaming = false;
    };
    if (streaming_ != nullptr) finish(*streaming_);
    streaming_ = nullptr;
    for (auto& [key, table] : tables_) {
        if (table.rows.empty()) continue;
        connection_.copy_in_begin(copy_in_sql(table.encoder->entity()));
        connection_.copy_in_put(copy_header());
        finish(table);
    }
}

std::int64_t BatchWriter::commit() {
    const bool nothing = batch_.counts == EntityCounts{} && lineage_.empty() && !touched_;
    if (nothing && !begun_) return 0;
    begin();
    finish_copies();
    lineage_.write(connection_);
    for (const auto& [key, tallies] : lineage_.tallies()) batch_.tallies[key] += tallies;
    const std::int64_t number = ledger_.write(connection_, batch_);
    if (transactions_ == Transactions::own) {
        fault_point("load.before_commit");
        connection_.commit();
        fault_point("load.after_commit");
    }
    begun_ = false;
    ledger_.committed(batch_);
    abandon();
    return number;
}

void BatchWriter::abandon() noexcept {
    if (begun_ && transactions_ == Transactions::own) connection_.roll_back();
    begun_ = false;
    streaming_ = nullptr;
    for (auto& [key, table] : tables_) {
        table.rows.clear();
        table.streaming = false;
    }
    last_table_ = nullptr;
    last_tallies_ = nullptr;
    lineage_.clear();
    batch_.counts = {};
    batch_.tallies.clear();
    bytes_ = 0;
    touched_ = false;
}

}  // namespace caseweave
