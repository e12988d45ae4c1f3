#include "extract/registry.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"

namespace caseweave {
namespace {

/// Yields no rows: what the test asks is which calls were made, and with what.
class NoRows : public Source {
  public:
    explicit NoRows(std::vector<std::string> columns, std::size_t declared)
        : shape_(std::make_shared<RowShape>(RowShape{std::move(columns), declared})) {}
    std::shared_ptr<const RowShape> shape() const override { return shape_; }
    bool next(RecordBatch&) override { return false; }

  private:
    std::shared_ptr<const RowShape> shape_;
};

/// Has records that name their own columns, and meets the last of them in one of its batches.
class SelfNaming : public NoRows {
  public:
    SelfNaming(std::vector<std::string> columns, int batches_until_met, int& batches_read)
        : NoRows(columns, columns.size()), until_met_(batches_until_met), all_read_(&batches_read) {}
    bool names_columns_first() const override { return false; }
    bool has_met_columns() const override { return read_ >= until_met_; }
    bool next(RecordBatch&) override {
        ++read_;
        ++*all_read_;
        return true;
    }

  private:
    int until_met_;
    int read_ = 0;
    int* all_read_;
};

class EmptyFile : public ByteStream {
  public:
    explicit EmptyFile(std::optional<std::uint64_t> stated_rows) : stated_rows_(stated_rows) {}
    std::size_t read(std::span<char>) override { return 0; }
    const std::string& name() const override { return name_; }
    std::optional<std::uint64_t> stated_rows() const override { return stated_rows_; }

  private:
    std::string name_ = "people_1.txt";
    std::optional<std::uint64_t> stated_rows_;
};

class OneDocument : public DocumentSequence {
  public:
    explicit OneDocument(std::optional<std::uint64_t> stated_rows) : stated_rows_(stated_rows) {}
    std::unique_ptr<ByteStream> next() override {
        return std::exchange(given_, true) ? nullptr : std::make_unique<EmptyFile>(stated_rows_);
    }
    std::string checkpoint() const override { return ""; }

  private:
    std::optional<std::uint64_t> stated_rows_;
    bool given_ = false;
};

struct Calls {
    std::string document_checkpoint, format_checkpoint, row_checkpoint;
    int reached = 0, verified = 0;
    std::vector<std::size_t> readers;  // of each document a format verified
    std::optional<std::uint64_t> stated_rows;
    bool delivered_files = true;
    int batches_until_met = 1, batches_read = 0;
    std::string failure;  // what the transport says when it fails; "" = it does not

    void fail() const {
        if (!failure.empty()) throw Error(ErrorKind::unavailable, failure);
    }
};

class RecordingTransport : public Transport {
  public:
    RecordingTransport(Calls& calls, bool documents) : calls_(&calls), documents_(documents) {}
    void check_reachable() override {
        calls_->fail();
        ++calls_->reached;
    }
    void verify(const std::vector<EntityDefinition>&) override {
        calls_->fail();
        ++calls_->verified;
    }
    std::unique_ptr<Source> open_rows(const EntityDefinition& entity, std::string_view checkpoint) override {
        calls_->fail();
        calls_->row_checkpoint = checkpoint;
        std::vector<std::string> columns = entity.columns;
        columns.insert(columns.end(), {"ROWVERSION", "SHOE_SIZE"});
        return std::make_unique<NoRows>(columns, entity.columns.size());
    }
    std::unique_ptr<DocumentSequence> open_documents(const EntityDefinition&, std::string_view checkpoint) override {
        calls_->document_checkpoint = checkpoint;
        return std::make_unique<OneDocument>(calls_->stated_rows);
    }
    bool may_look_into_records() const override { return calls_->delivered_files; }
    bool yields_documents() const override { return documents_; }

  private:
    Calls* calls_;
    bool documents_;
};

class RecordingFormat : public Format {
  public:
    explicit RecordingFormat(Calls& calls) : calls_(&calls) {}
    std::unique_ptr<Source> open(const EntityDefinition& entity, const ConnectorDefinition&,
                                 std::unique_ptr<DocumentSequence>, std::string_view checkpoint) const override {
        calls_->format_checkpoint = checkpoint;
        return std::make_unique<SelfNaming>(entity.columns, calls_->batches_until_met, calls_->batches_read);
    }
    std::optional<std::uint64_t> verify(const DocumentReaders& readers, const ConnectorDefinition&,
                                        ByteStream&) const override {
        calls_->readers.push_back(readers.size());
        return 3;
    }

  private:
    Calls* calls_;
};

class RegistryTest : public testing::Test {
  protected:
    RegistryTest() {
        registry_.add_transport(
            "database", [&](const TransportContext&) { return std::make_unique<RecordingTransport>(calls_, false); });
        registry_.add_transport(
            "folder", [&](const TransportContext&) { return std::make_unique<RecordingTransport>(calls_, true); });
        registry_.add_format("lines", [&] { return std::make_unique<RecordingFormat>(calls_); });
    }
    std::unique_ptr<Connector> connect(const std::string& transport, const std::string& format) {
        auto definition = std::make_shared<ConnectorDefinition>();
        definition->folder = "connectors/small";
        definition->name = "small";
        definition->transport = transport;
        definition->format = format;
        EntityDefinition entity;
        entity.name = "person";
        entity.columns = {"ID", "NAME"};
        entity.ignored = {"ROWVERSION"};
        definition->entities = {entity};
        if (!format.empty()) {
            entity.name = "name";
            definition->entities.push_back(entity);
        }
        const TransportContext context{*definition, {}, [](std::string_view) { return std::string(); }};
        return registry_.connect(definition, context);
    }
    std::string refusal(const std::string& transport, const std::string& format) {
        try {
            connect(transport, format);
        } catch (const Error& error) {
            EXPECT_EQ(error.exit_code(), ExitCode::usage);
            return error.what();
        }
        return "";
    }
    Calls calls_;
    Registry registry_;
};

TEST_F(RegistryTest, AnUnknownNameListsTheKnownOnes) {
    EXPECT_EQ(refusal("carrier_pigeon", ""),
              "connectors/small/connector.toml: unknown transport \"carrier_pigeon\"; known: database folder");
    EXPECT_EQ(refusal("folder", "runes"), "connectors/small/connector.toml: unknown format \"runes\"; known: lines");
}

TEST_F(RegistryTest, ATransportAndAFormatMustFit) {
    EXPECT_NE(refusal("database", "lines").find("yields rows and takes no format"), std::string::npos);
    EXPECT_NE(refusal("folder", "").find("yields documents and needs a format"), std::string::npos);
    EXPECT_EQ(refusal("database", ""), "");
    EXPECT_EQ(refusal("folder", "lines"), "");
}

TEST_F(RegistryTest, ACheckReportsColumnsThatNoMappingNames) {
    const auto connector = connect("database", "");
    const std::vector<CheckFinding> findings = connector->check(LookInto::records);
    EXPECT_EQ(calls_.reached, 1);
    ASSERT_EQ(findings.size(), 2U);
    EXPECT_EQ(findings[0].level, CheckFinding::Level::warning);
    EXPECT_EQ(findings[0].what.find("entity person has a column no mapping names: SHOE_SIZE"), 0U);
    EXPECT_EQ(findings[1].level, CheckFinding::Level::ok) << "ROWVERSION is ignored on purpose";
    EXPECT_EQ(findings[1].what, "entity person: 2 declared columns found");
}

TEST_F(RegistryTest, ACheckReadsDeliveredRecordsUntilTheirColumnsAreMet) {
    calls_.batches_until_met = 3;
    connect("folder", "lines")->check(LookInto::records);
    EXPECT_EQ(calls_.batches_read, 2 * 3) << "two entities";
    calls_.batches_read = 0;
    const std::vector<CheckFinding> findings = connect("folder", "lines")->check(LookInto::headers);
    EXPECT_EQ(calls_.batches_read, 0) << "asked whether it answers, not for its records";
    EXPECT_FALSE(findings.at(0).about_columns);
    calls_.delivered_files = false;
    connect("folder", "lines")->check(LookInto::records);
    EXPECT_EQ(calls_.batches_read, 0) << "a look at a service's records is one at people";
}

TEST_F(RegistryTest, AnErrorSaysOnceOfWhichSystemAndEntityItSpeaks) {
    const auto connector = connect("database", "");
    const EntityDefinition& person = connector->definition().entities.front();
    const auto told = [&](const std::string& failure, const std::function<void()>& run) -> std::string {
        calls_.failure = failure;
        try {
            run();
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::unavailable) << "what the operator can do stays the same";
            return error.what();
        }
        return {};
    };
    const auto check = [&] { connector->check(LookInto::headers); };
    const auto open = [&] { connector->open(person, ""); };
    EXPECT_EQ(told("no answer", check), "small: no answer");
    EXPECT_EQ(told("small: no answer", check), "small: no answer");
    EXPECT_EQ(told("no answer", [&] { connector->verify(); }), "small: no answer");
    EXPECT_EQ(told("no answer", open), "small, entity person: no answer");
    EXPECT_EQ(told("small: no answer", open), "small, entity person: no answer");
    EXPECT_EQ(told("entity person: column NAME is missing", open), "small: entity person: column NAME is missing");
}

TEST_F(RegistryTest, VerifyAsksTransportAndFormat) {
    connect("folder", "lines")->verify();
    EXPECT_EQ(calls_.verified, 1);
    EXPECT_EQ(calls_.readers, (std::vector<std::size_t>{2})) << "one look for both entities that read the document";
    connect("database", "")->verify();
    EXPECT_EQ(calls_.verified, 2);
    EXPECT_EQ(calls_.readers.size(), 1U);
    calls_.delivered_files = false;
    connect("folder", "lines")->verify();
    EXPECT_EQ(calls_.readers.size(), 1U) << "a service is not asked for its records twice";
}

TEST_F(RegistryTest, VerifyHoldsTheRowsADocumentStatesAgainstThoseItHas) {
    calls_.stated_rows = 3;
    EXPECT_NO_THROW(connect("folder", "lines")->verify());
    calls_.stated_rows = 4;
    try {
        connect("folder", "lines")->verify();
        FAIL() << "another number of rows is not seen";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::integrity);
        EXPECT_EQ(std::string(error.what()).find("small: people_1.txt holds 3 rows and its manifest states 4"), 0U)
            << error.what();
    }
}

TEST_F(RegistryTest, AFormatsCheckpointBeginsWithTheDocuments) {
    const auto files = connect("folder", "lines");
    files->open(files->definition().entities.front(), "people_2.csv\n120");
    EXPECT_EQ(calls_.document_checkpoint, "people_2.csv");
    EXPECT_EQ(calls_.format_checkpoint, "people_2.csv\n120");
    const auto database = connect("database", "");
    database->open(database->definition().entities.front(), "P17");
    EXPECT_EQ(calls_.row_checkpoint, "P17");
}

TEST_F(RegistryTest, ATransportRefusesTheCallItIsNotMadeFor) {
    class Bare : public Transport {
      public:
        void check_reachable() override {}
        bool yields_documents() const override { return false; }
    } bare;
    EXPECT_THROW(bare.open_rows({}, ""), Error);
    EXPECT_THROW(bare.open_documents({}, ""), Error);
}

}  // namespace
}  // namespace caseweave
