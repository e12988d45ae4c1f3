#include "load/batch_writer.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <fstream>
#include <optional>
#include <thread>

#include "canonical/row_digest.hpp"
#include "integration/load/sample_rows.hpp"
#include "integration/load/target_fixture.hpp"
#include "ledger/lineage_tables.hpp"
#include "load/people_lineage.hpp"
#include "load/target_ddl.hpp"

namespace caseweave {
namespace {

const SourceEntity kEntity{"social_care", "referral"};

TallyTable read_back(TargetConnection& connection, const EntityDescriptor& entity) {
    TallyTable tallies;
    RowDigestReader reader([&](const DigestedRowView& row) {
        tallies[{std::string(row.source_system), std::string(row.source_entity), entity.name}].add(row.source_key,
                                                                                                   row.digest);
    });
    connection.copy_out(digest_read_back_sql(entity), [&](std::string_view bytes) { reader.feed(bytes); });
    EXPECT_TRUE(reader.finished());
    return tallies;
}

class BatchWriterTest : public TargetFixture {
  protected:
    void SetUp() override {
        TargetFixture::SetUp();
        run_.emplace(begin_run(connection_));
    }
    TargetConnection connection_ = connect();
    std::optional<RunLedger> run_;
};

/// Fills a row's references with persons, where the entity has any.
std::vector<PersonId> references_of(const EntityDescriptor& entity) {
    std::vector<PersonId> references;
    for (const FieldDescriptor& field : entity.fields)
        if (field.type == FieldType::person_ref)
            references.push_back(PersonId{static_cast<std::int64_t>(references.size()) % 2 * 77});
    return references;
}

TEST_F(BatchWriterTest, EveryEntityComesBackByteForByte) {
    constexpr std::uint32_t kSeed = 7;
    SCOPED_TRACE(testing::Message() << "seed " << kSeed);
    SampleRows rows(kSeed);
    BatchWriter writer(connection_, *run_);
    for (const EntityDescriptor* entity : target_schema().entities()) {
        writer.open({"system_" + entity->name, "source"}, 1, "cases");
        const auto references = references_of(*entity);
        for (int i = 0; i < 40; ++i) writer.add(rows.make(*entity), {PersonId{i % 5}, kAccessOpen, references});
        writer.commit();
    }
    TallyTable found;
    for (const EntityDescriptor* entity : target_schema().entities())
        for (const auto& [key, segments] : read_back(connection_, *entity)) found[key] += segments;
    ASSERT_EQ(found.size(), target_schema().entities().size());
    EXPECT_EQ(found, run_->tallies());
    for (const auto& [entity, counts] : run_->counts()) {
        EXPECT_EQ(counts.emitted, 40);
        EXPECT_EQ(counts.inserted, 40);
    }
}

// Equal bytes prove nothing when both sides err alike: the server's own text of each value is compared too.
TEST_F(BatchWriterTest, ValuesMeanWhatTheyMeant) {
    EntityDescriptor const& person = *target_schema().find("person");
    EntityDescriptor const& contract = *target_schema().find("placement_contract");
    const auto decimal = std::find_if(contract.fields.begin(), contract.fields.end(),
                                      [](const auto& f) { return f.type == FieldType::decimal; });
    ASSERT_NE(decimal, contract.fields.end());

    SampleRows rows(1);
    BatchWriter writer(connection_, *run_);
    writer.open(kEntity, 1, "cases");
    for (const std::int64_t hundredths :
         {0L, 5L, 50L, -1L, 100L, 123456L, 1000000L, -99999999L, 10000000000000L, 9223372036854775807L}) {
        CanonicalRow row = rows.make(contract, std::to_string(hundredths), "p");
        const_cast<Value*>(row.values)[decimal - contract.fields.begin()] = Value::of_integer(hundredths);
        writer.add(row, {});
    }
    CanonicalRow row = rows.make(person, "k", "p");
    Value* values = const_cast<Value*>(row.values);
    for (std::size_t i = 0; i < person.fields.size(); ++i) values[i] = Value::of_missing(Missing::absent);
    Date month = to_date(2015, 3, 1);
    month.precision = DatePrecision::month;
    month.estimated = true;
    values[person.find("birth_date")] = Value::of_date(month);
    values[person.find("expected_birth_date")] = Value::of_date(to_date(1899, 12, 31));
    values[person.find("record_created")] = Value::of_integer(86'400'000'000LL + 1);
    values[person.find("disability")] = Value::of_integer(1);
    values[person.find("given_name")] = Value::of_text("Zo\u00eb");
    values[person.find("religion")] = Value::of_missing(Missing::withheld);
    writer.add(row, {PersonId{3}, kAccessRestricted, {}});
    writer.commit();

    const TargetResult amounts =
        connection_.execute("SELECT source_key, " + TargetConnection::quote_identifier(decimal->name) + "::text FROM " +
                            qualified_table(contract));
    ASSERT_EQ(amounts.rows(), 10U);
    for (std::size_t i = 0; i < amounts.rows(); ++i)
        EXPECT_EQ(amounts.text(i, 1), to_string(Decimal{amounts.integer(i, 0)}));

    EXPECT_EQ(
        value(connection_,
              "SELECT concat_ws('|', person_id, area, access, birth_date, birth_date_precision, expected_birth_date, "
              "record_created, disability, given_name, religion IS NULL) FROM lineage.person_record"),
        "3|1|1|2015-03-01|month~|1899-12-31|2000-01-02 00:00:00.000001|t|Zo\u00eb|t");
    const std::string missing = value(connection_, "SELECT missing FROM lineage.person_record");
    EXPECT_NE(missing.find("religion:withheld"), std::string::npos);
    EXPECT_EQ(missing.find(",given_name:"), std::string::npos) << "it has a value";
}

TEST_F(BatchWriterTest, RowsLedgerAndLineageAppearTogether) {
    SampleRows rows(3);
    const EntityDescriptor& referral = *target_schema().find("referral");
    const EntityDescriptor& contact = *target_schema().find("contact");
    BatchWriter writer(connection_, *run_);
    writer.open(kEntity, 1, "cases");
    for (int i = 0; i < 100; ++i) {
        writer.add(rows.make(referral), {PersonId{1}, 0, {}});
        writer.add(rows.make(contact), {PersonId{1}, 0, {}});
    }
    writer.counts().read += 101;
    writer.counts().placed += 100;
    writer.counts().quarantined += 1;
    Reject reject;
    reject.reason = RejectReason::shielded;
    reject.raw = std::string("caf\xe9\0|", 6);
    writer.lineage().add_reject(writer.context(), reject, access_of_reject(reject, kAccessOpen, false));
    SourceRowOutcome outcome;
    outcome.key = "k1";
    writer.lineage().add_issue(writer.context(), {0, IssueRule::impossible_date, "DOB", "31/02/2015"}, outcome, "p1");
    writer.set_checkpoint("row 101", true);

    TargetConnection other = connect();
    EXPECT_EQ(value(other, "SELECT count(*) FROM integrated.referral"), "0");
    EXPECT_EQ(value(other, "SELECT count(*) FROM lineage.batch"), "0");
    EXPECT_EQ(writer.commit(), 1);
    EXPECT_EQ(value(other, "SELECT count(*) FROM integrated.referral"), "100");
    EXPECT_EQ(value(other, "SELECT count(*) FROM integrated.contact"), "100");
    EXPECT_EQ(value(other, "SELECT count(*) FROM lineage.batch"), "1");
    EXPECT_EQ(value(other, "SELECT position || complete FROM lineage.checkpoint"), "row 101true");
    EXPECT_EQ(value(other, "SELECT raw || access || raw_access FROM lineage.quarantine"), "caf\\xE9\\x00|13");
    EXPECT_EQ(value(other, "SELECT rule || raw_value FROM lineage.field_issue"), "impossible_date31/02/2015");
    EXPECT_EQ(writer.commit(), 0) << "nothing new was added";

    EXPECT_TRUE(run_->close(connection_, ExitCode::quarantined).empty());
    EXPECT_EQ(value(other, "SELECT read || '/' || emitted || '/' || inserted || balanced FROM lineage.balance"),
              "101/200/200true");
    EXPECT_EQ(value(other, "SELECT sum(rows) FROM lineage.row_tally WHERE entity NOT LIKE 'lineage.%'"), "200");
    EXPECT_EQ(
        value(other,
              "SELECT string_agg(entity || '=' || rows, ' ' ORDER BY entity) FROM lineage.row_tally WHERE"
              " entity LIKE 'lineage.%'"),
        "lineage.field_issue=1 lineage.field_issue.position=1 lineage.quarantine=1 lineage.quarantine.position=1");
    EXPECT_EQ(value(other, "SELECT state || exit_code FROM lineage.run"), "done3");
}

TEST_F(BatchWriterTest, WhatLineageKeepsIsReadBackAsItWasTallied) {
    BatchWriter writer(connection_, *run_);
    writer.open(kEntity, 1, "cases");
    Reject reject;
    reject.reason = RejectReason::undecodable;
    reject.key = std::string("k\0\xff", 3);
    reject.raw = std::string("caf\xe9\0|", 6);
    writer.lineage().add_reject(writer.context(), reject, access_of_reject(reject, kAccessOpen, false));
    reject.key = {};
    reject.raw = {};
    writer.lineage().add_reject(writer.context(), reject, access_of_reject(reject, kAccessOpen, false));
    SourceRowOutcome outcome;
    outcome.key = "k1";
    writer.lineage().add_issue(writer.context(), {0, IssueRule::impossible_date, "DOB", "31/02/2015"}, outcome, "p1");
    writer.lineage().add_issue(writer.context(), {0, IssueRule::impossible_date, "DOB", "\xff"}, outcome, "");
    for (const std::uint8_t access : {kAccessOpen, kAccessRestricted})
        writer.lineage().add_source_row(writer.context(), outcome, access == kAccessOpen ? "p1" : "",
                                        "{\"A\": \"\xc3\xa9\"}", access);
    writer.commit();

    TallyTable found;
    for (const std::string_view table : kLineageTallies) {
        RowDigestReader reader([&](const DigestedRowView& row) {
            found[{std::string(row.source_system), std::string(row.source_entity), std::string(table)}].add(
                row.source_key, row.digest);
        });
        connection_.copy_out(lineage_read_back_sql(table), [&](std::string_view bytes) { reader.feed(bytes); });
        EXPECT_EQ(reader.rows(), 2U) << table;
    }
    EXPECT_EQ(run_->tallies(), found);
}

TEST_F(BatchWriterTest, AnAbandonedBatchLeavesNothing) {
    SampleRows rows(4);
    {
        BatchWriter writer(connection_, *run_);
        writer.open(kEntity, 1, "cases");
        for (int i = 0; i < 1000; ++i) writer.add(rows.make(*target_schema().find("referral")), {});
    }
    TargetConnection other = connect();
    EXPECT_EQ(value(other, "SELECT count(*) FROM integrated.referral"), "0");
    EXPECT_TRUE(run_->counts().empty());
}

/// Loads `batches` committed batches of ten rows, then one that is never committed, and dies without a word.
[[noreturn]] void load_and_die(const TargetConnection::Settings& settings, int batches) {
    TargetConnection connection(settings);
    RunLedger ledger = RunLedger::begin(connection, {"bulk", "killed", "0", 1, "test", "child"});
    BatchWriter writer(connection, ledger);
    SampleRows rows(5);
    writer.open(kEntity, 1, "cases");
    for (int batch = 0; batch <= batches; ++batch) {
        for (int i = 0; i < (batch == batches ? 5000 : 10); ++i)
            writer.add(rows.make(*target_schema().find("referral")), {});
        writer.counts().read += 10;
        writer.counts().placed += 10;
        writer.set_checkpoint("after " + std::to_string(batch + 1), false);
        if (batch < batches) writer.commit();
    }
    kill(getpid(), SIGKILL);
    _exit(1);
}

TEST_F(BatchWriterTest, AKilledRunIsTakenUpWhereItsLastBatchEnded) {
    target_schema();  // read before the fork
    const auto settings = cluster().settings("caseweave_loader");
    const pid_t child = fork();
    if (child == 0) load_and_die(settings, 3);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));

    TargetConnection fresh = connect();
    // The dead client's backend rolls back as soon as it reads the end of its socket.
    for (int i = 0;
         i < 200 && value(fresh, "SELECT count(*) FROM pg_stat_activity WHERE backend_xid IS NOT NULL") != "0"; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(value(fresh, "SELECT count(*) FROM integrated.referral"), "30");

    auto resumed = RunLedger::resume(fresh, "me");
    ASSERT_TRUE(resumed.has_value());
    EXPECT_EQ(resumed->description().job, "killed");
    EXPECT_EQ(resumed->counts().at(kEntity).emitted, 30);
    EXPECT_EQ(resumed->counts().at(kEntity).read, 30);
    EXPECT_EQ(resumed->checkpoint(kEntity, "cases")->position, "after 3");
    EXPECT_FALSE(resumed->checkpoint(kEntity, "people").has_value());
    EXPECT_EQ(resumed->tallies(), read_back(fresh, *target_schema().find("referral")));
    EXPECT_TRUE(resumed->is_committed(fresh, 3));
    EXPECT_FALSE(resumed->is_committed(fresh, 4));

    BatchWriter writer(fresh, *resumed);
    SampleRows rows(6);
    writer.open(kEntity, 1, "cases");
    writer.add(rows.make(*target_schema().find("referral")), {});
    writer.counts().read += 1;
    writer.counts().placed += 1;
    EXPECT_EQ(writer.commit(), 4);
    EXPECT_TRUE(resumed->close(fresh, ExitCode::done).empty());
    EXPECT_FALSE(RunLedger::resume(fresh, "me").has_value()) << "a run that is done is not resumed";
    EXPECT_EQ(RunLedger::newest(fresh)->counts().at(kEntity).emitted, 31);
}

TEST_F(BatchWriterTest, AChangeOfALaterRunIsSummedWithWhatWasLoaded) {
    const EntityDescriptor& entity = *target_schema().find("referral");
    SampleRows rows(12);
    {
        BatchWriter writer(connection_, *run_);
        writer.open(kEntity, 1, "cases");
        for (int i = 0; i < 20; ++i) writer.add(rows.make(entity, "k" + std::to_string(i), "p"), {});
        writer.counts().read += 20;
        writer.counts().placed += 20;
        writer.commit();
        EXPECT_TRUE(run_->close(connection_, ExitCode::done).empty());
    }
    // Five rows go, two of them come back with other content; and one more. All of it and its books at once.
    const auto regroup = [&](bool commit) {
        TargetTransaction transaction(connection_);
        RunDescription description = run_->description();
        description.kind = "review";
        RunLedger later = RunLedger::begin(connection_, description);
        BatchWriter writer(connection_, later, BatchWriter::Transactions::joined);
        writer.open(kEntity, 1, "regroup");
        const std::string gone = "source_key IN ('k0', 'k1', 'k2', 'k3', 'k4')";
        RowDigestReader reader(
            [&](const DigestedRowView& row) { writer.take_away(entity, row.source_key, row.digest); });
        connection_.copy_out(digest_read_back_sql(entity, gone), [&](std::string_view bytes) { reader.feed(bytes); });
        connection_.execute("DELETE FROM integrated.referral WHERE " + gone);
        for (const char* key : {"k0", "k1", "fresh"}) writer.add(rows.make(entity, key, "p"), {});
        writer.commit();
        EXPECT_TRUE(later.close_within(connection_, ExitCode::done).empty());
        if (commit) transaction.commit();
    };
    regroup(false);
    EXPECT_EQ(value(connection_, "SELECT count(*) FROM integrated.referral"), "20") << "the caller did not commit";
    EXPECT_EQ(value(connection_, "SELECT count(*) FROM lineage.run"), "1");
    regroup(true);
    EXPECT_EQ(value(connection_, "SELECT count(*) FROM integrated.referral"), "18");

    const auto books = RunLedger::of_target(connection_);
    ASSERT_TRUE(books.has_value());
    EXPECT_EQ(books->run(), run_->run()) << "what regroups loads nothing";
    EXPECT_EQ(books->counts().at(kEntity).emitted, 23);
    EXPECT_EQ(books->counts().at(kEntity).deleted, 5);
    EXPECT_EQ(books->counts().at(kEntity).read, 20);
    EXPECT_EQ(books->tallies(), read_back(connection_, entity));
    EXPECT_TRUE(check_balance(books->counts(), books->tallies()).size() == 0);
    EXPECT_FALSE(RunLedger::resume(connection_, "me").has_value());
    EXPECT_EQ(RunLedger::newest(connection_)->description().kind, "review");
    EXPECT_EQ(RunLedger::newest(connection_)->counts().at(kEntity).emitted, 3);
    // Half an hour past midnight in an English summer.
    connection_.execute("UPDATE lineage.run SET started_at = '2024-06-30 23:30+00' WHERE kind <> 'review'");
    EXPECT_EQ(to_string(RunLedger::newest(connection_)->loading_began()), "2024-07-01");
}

TEST_F(BatchWriterTest, DiscardTakesOneSourceEntityAway) {
    SampleRows rows(8);
    BatchWriter writer(connection_, *run_);
    for (const char* entity : {"referral", "other"}) {
        writer.open({"social_care", entity}, 1, "cases");
        for (int i = 0; i < 20; ++i) writer.add(rows.make(*target_schema().find("referral")), {});
        writer.set_checkpoint("x", false);
        writer.commit();
    }
    run_->discard(connection_, kEntity, "cases", {"integrated.referral"});
    EXPECT_EQ(value(connection_, "SELECT count(*) FROM integrated.referral"), "20");
    EXPECT_FALSE(run_->checkpoint(kEntity, "cases").has_value());
    EXPECT_TRUE(run_->checkpoint({"social_care", "other"}, "cases").has_value());
    EXPECT_EQ(run_->tallies(), read_back(connection_, *target_schema().find("referral")));
    auto again = RunLedger::newest(connection_);
    EXPECT_EQ(again->tallies(), run_->tallies());
}

TEST_F(BatchWriterTest, ALostServerIsOneSentenceAndNoPartialBatch) {
    OwnCluster holder;
    PrivateCluster& own = holder.cluster;
    {
        TargetConnection admin(own.settings(PrivateCluster::kAdmin));
        migrate_target(admin, target_definition(), target_schema());
    }
    TargetConnection connection(own.settings("caseweave_loader"));
    RunLedger ledger = begin_run(connection);
    SampleRows rows(9);
    BatchWriter writer(connection, ledger);
    writer.open(kEntity, 1, "cases");
    for (int i = 0; i < 10; ++i) writer.add(rows.make(*target_schema().find("referral")), {});
    writer.commit();
    // The commit of a batch does not wait for the disk; this one does, and takes the batch along.
    ledger.finish_phase(connection, "first");
    for (int i = 0; i < 10; ++i) writer.add(rows.make(*target_schema().find("referral")), {});
    own.kill();
    try {
        for (int i = 0; i < 100'000; ++i) writer.add(rows.make(*target_schema().find("referral")), {});
        writer.commit();
        FAIL() << "nothing noticed";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::lost);
        EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    }
    EXPECT_TRUE(connection.broken());

    own = PrivateCluster::start(holder.folder.path());
    TargetConnection fresh(own.settings("caseweave_loader"));
    EXPECT_EQ(value(fresh, "SELECT count(*) FROM integrated.referral"), "10");
    auto resumed = RunLedger::resume(fresh, "me");
    ASSERT_TRUE(resumed.has_value());
    EXPECT_TRUE(resumed->phase_done("first"));
    EXPECT_FALSE(resumed->phase_done("second"));
    EXPECT_EQ(resumed->counts().at(kEntity).inserted, 10);
}

TEST_F(BatchWriterTest, AnErrorOfTheServerQuotesNoValue) {
    TargetConnection admin = connect(PrivateCluster::kAdmin);
    admin.execute("CREATE TABLE public.probe (id integer PRIMARY KEY, name text CHECK (name <> 'Persephone'))");
    for (const char* sql : {"INSERT INTO public.probe VALUES (1, 'Persephone')", "SELECT 'Persephone'::date",
                            "INSERT INTO public.probe VALUES ('Persephone', '')"}) {
        try {
            admin.execute(sql);
            ADD_FAILURE() << "accepted";
        } catch (const Error& error) {
            EXPECT_EQ(std::string(error.what()).find("Persephone"), std::string::npos) << error.what();
            EXPECT_EQ(error.kind(), ErrorKind::target);
        }
    }
    admin.execute("DROP TABLE public.probe");
    std::ifstream log(cluster().log_file());
    const std::string text(std::istreambuf_iterator<char>(log), {});
    EXPECT_NE(text.find("ready to accept connections"), std::string::npos);
    EXPECT_EQ(text.find("Persephone"), std::string::npos);
}

TEST_F(BatchWriterTest, ACallThatDoesNotMoveEndsAtItsDeadline) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_THROW(connection_.execute("SELECT pg_sleep(30)", std::chrono::milliseconds(200)), Error);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
    EXPECT_TRUE(connection_.broken());
    EXPECT_THROW(connection_.execute("SELECT 1"), Error);
}

TEST_F(BatchWriterTest, CrosswalkComesBackForAResumedRun) {
    const std::vector<CrosswalkRow> rows{{{PersonId{1}, 1, 0}, "social_care", "A1", 12.5, "nhs_number"},
                                         {{PersonId{1}, 2, 1}, "education", "E1", {}, ""},
                                         {{PersonId{2}, 2, 0}, "elsewhere", "X", {}, ""}};
    write_crosswalk(connection_, run_->run(), rows);
    const Crosswalk crosswalk = read_crosswalk(connection_, [](std::string_view name) -> std::optional<SystemId> {
        if (name == "social_care") return SystemId{0};
        if (name == "education") return SystemId{1};
        return std::nullopt;
    });
    EXPECT_EQ(crosswalk.size(), 2U);
    ASSERT_NE(crosswalk.find(SystemId{1}, "E1"), nullptr);
    EXPECT_EQ(crosswalk.find(SystemId{1}, "E1")->access, 1);
    EXPECT_EQ(crosswalk.find(SystemId{0}, "A1")->person, PersonId{1});
}

TEST_F(BatchWriterTest, IndexesAreBuiltOnceByTheLoader) {
    build_indexes(std::array{&connection_}, target_schema());
    build_indexes(std::array{&connection_}, target_schema());
    EXPECT_EQ(value(connection_,
                    "SELECT string_agg(indexname, ' ' ORDER BY indexname) FROM pg_indexes "
                    "WHERE schemaname = 'integrated' AND tablename = 'referral'"),
              "referral_by_child_id referral_by_source_key referral_pkey");
}

}  // namespace
}  // namespace caseweave
