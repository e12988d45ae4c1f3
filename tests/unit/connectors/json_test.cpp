#include "connectors/formats/json.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "support/source_reading.hpp"

namespace caseweave {
namespace {

using testing::error_of;
using testing::make_connector;
using testing::make_entity;
using testing::MemoryDocuments;
using testing::read_documents;
using testing::ReadRows;
using Rows = std::vector<std::vector<std::string>>;

EntityDefinition person(const std::string& record = "/data") {
    EntityDefinition entity = make_entity("person", {"id", "given"}, {"/id", "/name/given"});
    entity.record = record;
    return entity;
}

ReadRows read_json(const std::string& text, const EntityDefinition& entity, const std::string& settings = {}) {
    return read_documents(*make_json_format(), entity, make_connector(entity, settings), {{"page 1", text}});
}

ReadRows read_ndjson(const std::string& text) {
    return read_json(text, person(""), "ndjson = true");
}

TEST(Json, ReadsMembersAtTheirPointers) {
    EXPECT_EQ(
        read_json(R"({"next":null,"data":[{"id":"1","name":{"given":"Zo\u00eb"}},{"name":{"given":"Bo"},"id":"2"}]})",
                  person())
            .rows,
        (Rows{{"1", "Zoë"}, {"2", "Bo"}}));
}

TEST(Json, SaysWhyAValueIsMissing) {
    EXPECT_EQ(
        read_json(
            R"({"data":[{"id":"1","name":{"given":null}},{"id":"2","name":{"given":""}},{"id":"3"},{"id":"4","name":null}]})",
            person())
            .rows,
        (Rows{{"1", "<null>"}, {"2", "<empty>"}, {"3", "<absent>"}, {"4", "<absent>"}}));
}

TEST(Json, KeepsTheTextOfNumbersAndBooleans) {
    EXPECT_EQ(
        read_json(
            R"({"data":[{"id":1.50 ,"name":{"given":true}},{"id":12345678901234567890123,"name":{"given":false}}]})",
            person())
            .rows,
        (Rows{{"1.50", "true"}, {"12345678901234567890123", "false"}}));
}

TEST(Json, KeepsWhatNoPointerNames) {
    const ReadRows read =
        read_json(R"({"data":[{"id":"1","name":{"given":"A","title":"Ms"},"tags":["a", {"b":1}],"n":7}]})", person());
    EXPECT_EQ(read.columns, (std::vector<std::string>{"id", "given", "name/title", "tags", "n"}));
    EXPECT_EQ(read.rows, (Rows{{"1", "A", "Ms", R"(["a", {"b":1}])", "7"}}));
}

TEST(Json, ANewMemberWidensTheShape) {
    const ReadRows read =
        read_json(R"({"data":[{"id":"1","name":{"given":"A"}},{"id":"2","name":{"given":"B"},"new":"x"}]})", person());
    EXPECT_EQ(read.columns, (std::vector<std::string>{"id", "given", "new"}));
    EXPECT_EQ(read.rows, (Rows{{"1", "A"}, {"2", "B", "x"}}));
}

TEST(Json, ReachesEnclosingObjectsAndOrdinals) {
    EntityDefinition member = make_entity("member", {"id", "family", "exported", "n"}, {"/id", "^/id", "^^/at", "#"});
    member.record = "/data/*/members";
    EXPECT_EQ(
        read_json(
            R"({"data":[{"members":[{"id":"a"},{"id":"b"}],"id":"F1"},{"id":"F2","members":[]},{"id":"F3","members":[{"id":"c"}]}],"at":"today"})",
            member)
            .rows,
        (Rows{{"a", "F1", "today", "1"}, {"b", "F1", "today", "2"}, {"c", "F3", "today", "1"}}));
}

TEST(Json, LeavesRecordsOfOtherEntitiesToThem) {
    const EntityDefinition family = [] {
        EntityDefinition entity = make_entity("family", {"id"}, {"/id"});
        entity.record = "/data";
        return entity;
    }();
    EntityDefinition member = make_entity("member", {"id"}, {"/id"});
    member.record = "/data/*/members";
    ConnectorDefinition connector = make_connector(family);
    connector.entities.push_back(member);
    const MemoryDocuments::Documents documents = {
        {"page", R"({"data":[{"id":"F1","members":[{"id":"a"}],"plans":[1]}]})"}};
    EXPECT_EQ(read_documents(*make_json_format(), family, connector, documents).columns,
              (std::vector<std::string>{"id", "plans"}));
}

TEST(Json, ABrokenLineCostsItself) {
    const ReadRows read = read_ndjson(
        "{\"id\":\"1\",\"name\":{\"given\":\"A\"}}\n{\"id\":\"2\",\"na\n\n[1,2\n{\"id\":\"3\"} x\n{\"id\":\"\xFF\"}\n"
        "{\"id\":\"4\",\"id\":\"5\"}\n{\"id\":\"a\\u0000b\"}\n{\"id\":tru}\n{\"id\":01}\n{\"id\":\"6\"}\n" +
        std::string("{\"id\":\"\0\"}\n", 11));
    EXPECT_EQ(read.rows, (Rows{{"1", "A"}, {"6", "<absent>"}}));
    std::vector<std::pair<RejectReason, std::uint64_t>> rejects;
    for (const Reject& reject : read.rejects) rejects.emplace_back(reject.reason, reject.position.line);
    EXPECT_EQ(rejects, (std::vector<std::pair<RejectReason, std::uint64_t>>{{RejectReason::malformed, 2},
                                                                            {RejectReason::malformed, 4},
                                                                            {RejectReason::malformed, 5},
                                                                            {RejectReason::undecodable, 6},
                                                                            {RejectReason::malformed, 7},
                                                                            {RejectReason::undecodable, 8},
                                                                            {RejectReason::malformed, 9},
                                                                            {RejectReason::malformed, 10},
                                                                            {RejectReason::undecodable, 12}}));
    EXPECT_EQ(read.rejects[0].raw, "{\"id\":\"2\",\"na");
}

TEST(Json, AnUndecodableRecordKeepsItsFieldAndTheKeyThatCanBeRead) {
    const auto told = [](const std::string& text, EntityDefinition entity, const std::string& settings) {
        entity.key = {"id"};
        std::vector<std::string> rejects;
        for (const Reject& reject : read_json(text, entity, settings).rejects)
            rejects.push_back(reject.field + " of " + reject.key + ": " + reject.raw);
        return rejects;
    };
    const std::vector<std::string> records = {"{\"id\":\"2\",\"name\":{\"given\":\"B\xF8\"}}",
                                              "{\"name\":{\"given\":\"a\\u0000\"},\"id\":3}",
                                              "{\"id\":\"4\xFF\",\"name\":{\"given\":\"D\"}}"};
    const std::vector<std::string> expected = {"given of 2: " + records[0], "given of 3: " + records[1],
                                               "id of : " + records[2]};
    EXPECT_EQ(told(records[0] + "\n" + records[1] + "\n" + records[2] + "\n", person(""), "ndjson = true"), expected);
    EXPECT_EQ(told("{\"data\":[" + records[0] + "," + records[1] + "," + records[2] + "]}", person(), {}), expected);
}

TEST(Json, ABrokenPageStopsTheSource) {
    EXPECT_NE(error_of([] { read_json(R"({"data":[{"id":"1")", person()); }).find("page 1"), std::string::npos);
    EXPECT_NE(error_of([] { read_json("", person()); }).find("empty"), std::string::npos);
    EXPECT_NE(error_of([] { read_json(R"({"error":"gone"})", person()); }).find("/data"), std::string::npos);
    EXPECT_NE(error_of([] { read_json("{\"data\":[{\"id\":\"1\"}\xC3]}", person()); }).find("page 1"),
              std::string::npos)
        << "a bad byte between records";
    EXPECT_NE(error_of([] { read_json("{\"data\":[{\"id\":\"\xC3", person()); }).find("page 1"), std::string::npos)
        << "cut off, whatever its bytes";
}

TEST(Json, ABadByteInAPageCostsItsRecord) {
    const std::string text =
        "{\"next\":\"\xFE\",\"data\":[{\"id\":\"1\",\"name\":{\"given\":\"Zo\xC3\xAB\"}},{\"id\":\"2\",\"name\":{"
        "\"given\":\"B\xF8\"}},"
        "{\"id\":\"3\",\"x\":[{\"y\":\"\xC3\"}]},{\"id\":\"4\",\"\xFF\":\"a\"},{\"id\":\"5\",\"name\":{\"given\":"
        "\"\\\xC3\"}},"
        "{\"id\":\"6\",\"name\":{\"given\":\"a\x01\\n\"}},{\"id\":\"7\"}]}";
    const ReadRows read = read_json(text, person());
    EXPECT_EQ(read.rows, (Rows{{"1", "Zoë"}, {"7", "<absent>"}}));
    ASSERT_EQ(read.rejects.size(), 5U);
    for (std::size_t i = 0; i < read.rejects.size(); ++i) {
        EXPECT_EQ(read.rejects[i].reason, RejectReason::undecodable);
        EXPECT_EQ(read.rejects[i].document, "page 1");
        EXPECT_EQ(read.rejects[i].position.line, i + 2) << "the record's place in its page";
    }
    EXPECT_EQ(read.rejects[0].field, "given");
    EXPECT_EQ(read.rejects[0].raw, "{\"id\":\"2\",\"name\":{\"given\":\"B\xF8\"}}") << "as it came";
}

TEST(Json, ABadByteAroundRecordsCostsThoseThatTakeIt) {
    EntityDefinition member = make_entity("member", {"id", "family"}, {"/id", "^/name"});
    member.record = "/data/*/members";
    const ReadRows read = read_json(
        "{\"data\":[{\"name\":\"\xFF\",\"members\":[{\"id\":\"a\"},{\"id\":\"b\"}]},"
        "{\"other\":\"\xFF\",\"name\":\"F2\",\"members\":[{\"id\":\"c\"}]}]}",
        member);
    EXPECT_EQ(read.rows, (Rows{{"c", "F2"}}));
    ASSERT_EQ(read.rejects.size(), 2U);
    EXPECT_EQ(read.rejects[0].field, "family");

    EntityDefinition family = make_entity("family", {"name"}, {"/name"});
    family.record = "/data";
    ConnectorDefinition connector = make_connector(family);
    connector.entities.push_back(member);
    const MemoryDocuments::Documents documents = {
        {"page", "{\"data\":[{\"name\":\"F1\",\"members\":[{\"id\":\"\xFF\"}]}]}"}};
    EXPECT_EQ(read_documents(*make_json_format(), family, connector, documents).rows, (Rows{{"F1"}}))
        << "a member's byte costs the member";
    EXPECT_EQ(read_documents(*make_json_format(), member, connector, documents).rejects.size(), 1U);
}

TEST(Json, BoundsNestingAndSize) {
    std::string deep = "{\"id\":\"1\",\"name\":{\"given\":\"A\"},\"x\":" + std::string(100'000, '[') +
                       std::string(100'000, ']') + "}\n";
    const ReadRows read =
        read_ndjson(deep + "{\"id\":\"2\",\"name\":{\"given\":\"B\"}}\n" + std::string(1'000'000, '[') + "\n");
    EXPECT_EQ(read.rows.size(), 1U);
    ASSERT_EQ(read.rejects.size(), 2U);
    EXPECT_EQ(read.rejects[0].reason, RejectReason::malformed);
    EXPECT_LE(read.rejects[0].raw.size(), 64U * 1024);
    const EntityDefinition entity = person("");
    const ReadRows large = read_documents(
        *make_json_format(), entity, make_connector(entity, "ndjson = true\nmax_document_bytes = 1024"),
        {{"p", "{\"id\":\"" + std::string(5000, 'x') + "\"}\n{\"id\":\"2\",\"name\":{\"given\":\"B\"}}\n"}});
    EXPECT_EQ(large.rows.size(), 1U);
    ASSERT_EQ(large.rejects.size(), 1U);
    EXPECT_EQ(large.rejects[0].reason, RejectReason::too_large);
}

TEST(Ndjson, ALineTooLargeGivesNothingOfTheLineBefore) {
    const EntityDefinition entity = person("/data");
    const ReadRows read = read_json(R"({"data":[{"id":"1","name":{"given":"A"}},{"id":"2"},{"id":"3"}]})"
                                    "\n{\"data\":[" +
                                        std::string(5000, ' ') + "]}\n" + R"({"data":[{"id":"4"}]})" + "\n",
                                    entity, "ndjson = true\nmax_document_bytes = 1024");
    EXPECT_EQ(read.rows, (Rows{{"1", "A"}, {"2", "<absent>"}, {"3", "<absent>"}, {"4", "<absent>"}}));
    ASSERT_EQ(read.rejects.size(), 1U);
    EXPECT_EQ(read.rejects[0].reason, RejectReason::too_large);
}

TEST(Json, CountsTheOutermostRecords) {
    EntityDefinition member = make_entity("member", {"id"}, {"/id"});
    member.record = "/data/*/members";
    ConnectorDefinition connector = make_connector(person());
    connector.entities.push_back(member);
    EntityDefinition same = person();
    same.name = "again";
    connector.entities.push_back(same);
    EntityDefinition team = make_entity("team", {"id"}, {"/id"});
    team.record = "/teams";
    connector.entities.push_back(team);
    const auto format = make_json_format();
    const std::string page =
        R"({"data":[{"id":"1","members":[{"id":"a"},{"id":"b"}]},{"id":"2","id":"3"}],"teams":[{"id":"t"}]})";
    EXPECT_EQ(testing::count_rows(*format, connector, page), 3U);
    EXPECT_EQ(testing::count_rows(*format, connector, "{", std::nullopt), std::nullopt);
    EXPECT_THROW(testing::count_rows(*format, connector, "{"), Error);
    const ConnectorDefinition lines = make_connector(person(""), "ndjson = true\nmax_document_bytes = 1024");
    EXPECT_EQ(testing::count_rows(
                  *format, lines,
                  "{\"id\":\"1\"}\n\n{\"id\":\n{\"id\":\"" + std::string(900'000, 'x') + "\"}\n{\"id\":\"4\"}"),
              4U);
}

TEST(Json, NamesAColumnThatNoRecordHas) {
    EXPECT_NE(error_of([] { read_json(R"({"data":[{"id":"1"},{"id":"2"}]})", person()); }).find("given"),
              std::string::npos);
    EXPECT_TRUE(read_json(R"({"data":[]})", person()).rows.empty());
}

TEST(Json, ResumesFromEveryCheckpoint) {
    const EntityDefinition entity = person();
    const ConnectorDefinition connector = make_connector(entity);
    MemoryDocuments::Documents documents;
    for (int page = 0; page < 4; ++page) {
        std::string text = "{\"data\":[";
        for (int row = 0; row < 3000; ++row) {
            text += std::string(row > 0 ? "," : "") + "{\"id\":\"" + std::to_string(page * 3000 + row) +
                    "\",\"name\":{\"given\":\"A\"}" + (page == 2 && row == 1500 ? ",\"new\":1" : "") +
                    (row % 100 == 3 ? ",\"id\":2" : "") + "}";
        }
        documents.emplace_back("page " + std::to_string(page), text + "]}");
    }
    const auto format = make_json_format();
    testing::expect_resumes_everywhere([&](std::string_view checkpoint) {
        return format->open(entity, connector,
                            std::make_unique<MemoryDocuments>(documents, checkpoint.substr(0, checkpoint.find('\n'))),
                            checkpoint);
    });
}

TEST(Ndjson, ResumesFromEveryCheckpoint) {
    const EntityDefinition entity = person("");
    const ConnectorDefinition connector = make_connector(entity, "ndjson = true");
    MemoryDocuments::Documents documents(1, {"export", ""});
    for (int row = 0; row < 15000; ++row) {
        documents[0].second +=
            row % 40 == 9 ? "{\"id\":\n" : "{\"id\":\"" + std::to_string(row) + "\",\"name\":{\"given\":\"A\"}}\n";
    }
    const auto format = make_json_format();
    testing::expect_resumes_everywhere([&](std::string_view checkpoint) {
        return format->open(entity, connector,
                            std::make_unique<MemoryDocuments>(documents, checkpoint.substr(0, checkpoint.find('\n'))),
                            checkpoint);
    });
}

}  // namespace
}  // namespace caseweave
