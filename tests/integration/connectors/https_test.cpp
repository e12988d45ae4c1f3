#include "connectors/transports/https.hpp"

#include <gtest/gtest.h>

#include "connectors/formats/json.hpp"
#include "core/error.hpp"
#include "support/source_reading.hpp"
#include "support/tls_server.hpp"

namespace caseweave {
namespace {

using testing::http_response;
using testing::TestAuthority;
using testing::TlsReply;
using testing::TlsRequest;
using testing::TlsServer;
using Rows = std::vector<std::vector<std::string>>;

constexpr const char* kTokenAnswer = R"({"access_token":"t1","token_type":"Bearer","expires_in":3600})";

/// A page of the resource; `next` empty on the last one.
std::string page(int first, int rows, const std::string& next) {
    std::string body = "{\"data\":[";
    for (int row = 0; row < rows; ++row)
        body += std::string(row > 0 ? "," : "") + "{\"id\":\"" + std::to_string(first + row) + "\"}";
    return body + "],\"next_cursor\":" + (next.empty() ? "null" : "\"" + next + "\"") + "}";
}

class Https : public ::testing::Test {
  protected:
    Https() {
        entity_ = testing::make_entity("person", {"id"}, {"/id"});
        entity_.resource = "/people";
        entity_.record = "/data";
        connector_ = testing::make_connector(entity_);
    }
    void serve(TlsServer::Handler handler) {
        server_ = std::make_unique<TlsServer>(authority_.issue("localhost"), std::move(handler));
    }
    std::unique_ptr<Transport> transport(const std::string& settings = {}, const std::string& url = {}) const {
        const std::string where = url.empty() ? server_->url() : url;
        const std::string ca =
            settings.find("ca_file") == std::string::npos ? "ca_file = \"" + authority_.ca_file() + "\"\n" : "";
        return make_https_transport(
            {connector_,
             TomlTable::parse("url = \"" + where + "\"\nconnect_timeout_seconds = 5\n" + ca + settings, "job.toml"),
             [](std::string_view) { return std::string("s3cret"); }});
    }
    testing::ReadRows read(const std::string& settings = {}, std::string_view checkpoint = {}) const {
        const auto opened = transport(settings);
        const std::string_view documents = checkpoint.substr(0, checkpoint.find('\n'));
        return testing::read_all(
            *make_json_format()->open(entity_, connector_, opened->open_documents(entity_, documents), checkpoint));
    }
    template <typename Run>
    static std::pair<ExitCode, std::string> failure(Run run) {
        try {
            run();
        } catch (const Error& error) {
            return {error.exit_code(), error.what()};
        }
        return {ExitCode::done, ""};
    }
    static constexpr const char* kLogin = "client_id = \"council\"\n";

    TestAuthority authority_;
    EntityDefinition entity_;
    ConnectorDefinition connector_;
    std::unique_ptr<TlsServer> server_;
};

TEST_F(Https, FollowsCursorsToTheirEnd) {
    std::vector<std::string> targets;
    serve([&](const TlsRequest& request) -> TlsReply {
        targets.push_back(request.target);
        if (request.target.find("cursor=") == std::string::npos) return {http_response(200, page(1, 2, "a+b/c"))};
        return {http_response(200, page(3, 2, ""))};
    });
    EXPECT_EQ(read("limit = 2").rows, (Rows{{"1"}, {"2"}, {"3"}, {"4"}}));
    EXPECT_EQ(targets, (std::vector<std::string>{"/people?limit=2", "/people?limit=2&cursor=a%2Bb%2Fc"}));
}

TEST_F(Https, ABadByteCostsItsRecordAndThePagesGoOn) {
    serve([&](const TlsRequest& request) -> TlsReply {
        if (request.target.find("cursor=") != std::string::npos) return {http_response(200, page(4, 1, ""))};
        std::string body = page(1, 3, "next");
        body.replace(body.find("\"2\"") + 1, 1, "\xE9");
        return {http_response(200, body)};
    });
    const testing::ReadRows rows = read();
    EXPECT_EQ(rows.rows, (Rows{{"1"}, {"3"}, {"4"}}));
    ASSERT_EQ(rows.rejects.size(), 1U);
    EXPECT_EQ(rows.rejects[0].reason, RejectReason::undecodable);
    EXPECT_EQ(rows.rejects[0].document, "/people page 1");
    EXPECT_EQ(rows.rejects[0].position.line, 2U);
}

TEST_F(Https, ABadByteInTheCursorStopsThePages) {
    serve([&](const TlsRequest&) -> TlsReply { return {http_response(200, page(1, 1, "n\xE9xt"))}; });
    EXPECT_NE(failure([&] { read(); }).second.find("cursor"), std::string::npos);
}

TEST_F(Https, ResumesFromEveryCheckpoint) {
    serve([&](const TlsRequest& request) -> TlsReply {
        const std::size_t at = request.target.find("cursor=");
        const int number = at == std::string::npos ? 0 : std::stoi(request.target.substr(at + 7));
        return {http_response(200, page(number * 3000, 3000, number < 4 ? std::to_string(number + 1) : ""))};
    });
    const auto opened = transport();
    testing::expect_resumes_everywhere([&](std::string_view checkpoint) {
        return make_json_format()->open(entity_, connector_,
                                        opened->open_documents(entity_, checkpoint.substr(0, checkpoint.find('\n'))),
                                        checkpoint);
    });
}

TEST_F(Https, AColumnMayComeWithALaterPage) {
    entity_.columns = {"id", "nhs"};
    entity_.column_paths = {"/id", "/nhs"};
    connector_ = testing::make_connector(entity_);
    const std::vector<std::string> pages = {
        R"({"data":[{"id":"1"},{"id":"2"}],"next_cursor":"1"})",
        R"({"data":[{"id":"3"},{"id":"4","nhs":"n4","colour":"blue"}],"next_cursor":"2"})",
        R"({"data":[{"id":"5","colour":"red"},{"id":"6","nhs":null}],"next_cursor":null})"};
    serve([&](const TlsRequest& request) -> TlsReply {
        const std::size_t at = request.target.find("cursor=");
        return {http_response(200, pages.at(at == std::string::npos ? 0 : std::stoul(request.target.substr(at + 7))))};
    });
    for (const std::size_t rows : {std::size_t{1}, RecordBatch::kRows}) {
        RecordBatch::set_row_limit(rows);
        testing::ReadRows seen;
        const auto [code, message] = failure([&] { seen = read(); });
        RecordBatch::set_row_limit(RecordBatch::kRows);
        EXPECT_EQ(message, "");
        EXPECT_EQ(seen.columns, (std::vector<std::string>{"id", "nhs", "colour"})) << "what is new is kept and shown";
        EXPECT_EQ(seen.rows, (Rows{{"1", "<absent>"},
                                   {"2", "<absent>"},
                                   {"3", "<absent>"},
                                   {"4", "n4", "blue"},
                                   {"5", "<absent>", "red"},
                                   {"6", "<null>"}}));
    }
}

TEST_F(Https, AColumnThatNoPageHasIsNamedAtTheEnd) {
    entity_.columns = {"id", "nhs"};
    entity_.column_paths = {"/id", "/nhs"};
    int asked = 0;
    serve([&](const TlsRequest& request) -> TlsReply {
        ++asked;
        const bool last = request.target.find("cursor=2") != std::string::npos;
        const bool first = request.target.find("cursor=") == std::string::npos;
        return {http_response(200, page(asked, 1, last ? "" : first ? "1" : "2"))};
    });
    for (const std::size_t rows : {std::size_t{1}, RecordBatch::kRows}) {
        RecordBatch::set_row_limit(rows);
        asked = 0;
        const auto [code, message] = failure([&] { read(); });
        RecordBatch::set_row_limit(RecordBatch::kRows);
        EXPECT_EQ(code, ExitCode::failed);
        EXPECT_NE(message.find("column nhs is missing in every record of /people"), std::string::npos) << message;
        EXPECT_EQ(asked, 3) << "it is missing when the last page does not have it either";
    }
    entity_.optional_columns = {"nhs"};
    EXPECT_EQ(read().rows, (Rows{{"4", "<absent>"}, {"5", "<absent>"}, {"6", "<absent>"}}));
}

TEST_F(Https, AnEmptyResourceHasNoRows) {
    serve([](const TlsRequest&) -> TlsReply { return {http_response(200, page(0, 0, ""))}; });
    EXPECT_TRUE(read().rows.empty());
}

TEST_F(Https, LogsInOnceAndRenewsARefusedTokenOnce) {
    int logins = 0, refusals = 0;
    std::string credentials;
    serve([&](const TlsRequest& request) -> TlsReply {
        if (request.target == "/oauth/token") {
            credentials = request.headers.at("authorization") + " " + request.body;
            return {http_response(200, R"({"access_token":"t)" + std::to_string(++logins) + R"(","expires_in":3600})")};
        }
        if (request.target.find("cursor=") != std::string::npos && request.headers.at("authorization") != "Bearer t2") {
            ++refusals;
            return {http_response(401, "{}")};
        }
        return {
            http_response(200, request.target.find("cursor=") == std::string::npos ? page(1, 1, "x") : page(2, 1, ""))};
    });
    EXPECT_EQ(read(std::string(kLogin) + "scope = \"casework.read\"").rows, (Rows{{"1"}, {"2"}}));
    EXPECT_EQ(logins, 2);
    EXPECT_EQ(refusals, 1);
    EXPECT_EQ(credentials, "Basic Y291bmNpbDpzM2NyZXQ= grant_type=client_credentials&scope=casework.read");
}

TEST_F(Https, GivesUpWhenFreshTokensAreRefused) {
    serve([](const TlsRequest& request) -> TlsReply {
        return {request.target == "/oauth/token" ? http_response(200, kTokenAnswer) : http_response(401, "{}")};
    });
    const auto [code, message] = failure([&] { read(kLogin); });
    EXPECT_EQ(code, ExitCode::failed);
    EXPECT_NE(message.find("401"), std::string::npos);
}

TEST_F(Https, SaysThatTheClientSecretIsWrong) {
    serve([](const TlsRequest&) -> TlsReply { return {http_response(401, R"({"error":"invalid_client"})")}; });
    const auto [code, message] = failure([&] { transport(kLogin)->check_reachable(); });
    EXPECT_EQ(code, ExitCode::failed);
    EXPECT_NE(message.find("client_secret"), std::string::npos);
    EXPECT_EQ(message.find("s3cret"), std::string::npos);
}

TEST_F(Https, SaysWhatIsWrongWithACertificate) {
    const auto check = [&](const testing::CertificateFiles& files, const std::string& settings = {}) {
        server_ = std::make_unique<TlsServer>(files,
                                              [](const TlsRequest&) -> TlsReply { return {http_response(200, "{}")}; });
        return failure([&] { transport(settings)->check_reachable(); });
    };
    EXPECT_EQ(check(authority_.issue("localhost")).second, "");
    const auto expired = check(authority_.issue("localhost", -30, -1));
    EXPECT_EQ(expired.first, ExitCode::failed);
    EXPECT_NE(expired.second.find("expired"), std::string::npos);
    EXPECT_NE(check(authority_.issue("localhost", 1, 30)).second.find("not valid yet"), std::string::npos);
    EXPECT_NE(check(authority_.issue("other.example")).second.find("another host name"), std::string::npos);
    TestAuthority stranger;
    const auto wrong_ca = check(stranger.issue("localhost"));
    EXPECT_EQ(wrong_ca.first, ExitCode::failed);
    EXPECT_NE(wrong_ca.second.find("ca_file"), std::string::npos);
    EXPECT_NE(check(authority_.issue("localhost"), "ca_file = \"\"").second.find("the system's list"),
              std::string::npos);
    EXPECT_EQ(check(authority_.issue("localhost"), "ca_file = \"/nonexistent.pem\"").first, ExitCode::usage);
    server_ = std::make_unique<TlsServer>(authority_.issue("127.0.0.1"),
                                          [](const TlsRequest&) -> TlsReply { return {http_response(200, "{}")}; });
    EXPECT_EQ(failure([&] { transport({}, server_->url("127.0.0.1"))->check_reachable(); }).second, "");
}

TEST_F(Https, WaitsForABusyServerWithinItsBudget) {
    int asked = 0;
    serve([&](const TlsRequest&) -> TlsReply {
        ++asked;
        if (asked == 1) return {http_response(429, "{}", "Retry-After: 1\r\n")};
        if (asked == 2) return {http_response(503, "{}")};
        return {http_response(200, page(1, 1, ""))};
    });
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(read().rows, (Rows{{"1"}}));
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
    EXPECT_EQ(asked, 3);
}

TEST_F(Https, ABrokenServerIsTriedAsOftenAsToldAndNoMore) {
    int asked = 0;
    serve([&](const TlsRequest&) -> TlsReply {
        ++asked;
        return {http_response(500, "{}")};
    });
    const auto [code, message] = failure([&] { read("attempts = 3"); });
    EXPECT_EQ(code, ExitCode::try_later);
    EXPECT_NE(message.find("500"), std::string::npos);
    EXPECT_EQ(asked, 3);
    asked = 0;
    EXPECT_EQ(failure([&] { read("retry_budget_seconds = 0"); }).first, ExitCode::try_later);
    EXPECT_EQ(asked, 1);
}

TEST_F(Https, FetchesAPageAgainThatBrokeOff) {
    int asked = 0;
    serve([&](const TlsRequest&) -> TlsReply {
        const std::string whole = http_response(200, page(1, 50, ""));
        if (++asked == 1) return {whole.substr(0, whole.size() - 20), true};
        if (asked == 2) return {"", true};
        return {whole};
    });
    EXPECT_EQ(read().rows.size(), 50U);
    EXPECT_EQ(asked, 3);
    serve([](const TlsRequest&) -> TlsReply {
        const std::string whole = http_response(200, page(1, 50, ""));
        return {whole.substr(0, whole.size() - 20), true};
    });
    const auto [code, message] = failure([&] { read("attempts = 2"); });
    EXPECT_EQ(code, ExitCode::try_later);
    EXPECT_NE(message.find("broke off"), std::string::npos);
}

TEST_F(Https, EndsPagesThatNeverEnd) {
    serve([](const TlsRequest&) -> TlsReply { return {http_response(200, page(1, 1, "same"))}; });
    const auto [code, message] = failure([&] { read(); });
    EXPECT_EQ(code, ExitCode::failed);
    EXPECT_NE(message.find("never end"), std::string::npos);
}

TEST_F(Https, EndsPagesThatRepeatUnderEverNewCursors) {
    int asked = 0;
    serve([&](const TlsRequest&) -> TlsReply {
        return {http_response(200, page(1 + asked % 2, 1, "c" + std::to_string(++asked)))};
    });
    const auto [code, message] = failure([&] { read(); });
    EXPECT_EQ(code, ExitCode::failed);
    EXPECT_NE(message.find("never end"), std::string::npos);
    EXPECT_EQ(asked, 502);
}

TEST_F(Https, EmptyPagesOnTheWayAreNoRepetition) {
    int asked = 0;
    serve([&](const TlsRequest&) -> TlsReply {
        if (++asked == 100) return {http_response(200, page(7, 1, ""))};
        return {http_response(200, page(0, 0, "c" + std::to_string(asked)))};
    });
    EXPECT_EQ(read().rows, (Rows{{"7"}}));
}

TEST_F(Https, AnAnswerThatTricklesEndsAtItsBoundAndIsNotAskedForAgain) {
    int asked = 0;
    serve([&](const TlsRequest&) -> TlsReply {
        ++asked;
        return {.bytes = http_response(200, page(1, 100, "")), .drip = true};  // 20 ms a byte: some 30 s
    });
    const auto start = std::chrono::steady_clock::now();
    const auto [code, message] = failure([&] { read("read_timeout_seconds = 60\nanswer_timeout_seconds = 1"); });
    EXPECT_EQ(code, ExitCode::try_later);
    EXPECT_NE(message.find("answer_timeout_seconds"), std::string::npos) << message;
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
    EXPECT_EQ(asked, 1);
}

TEST_F(Https, RefusesAnswersWithoutClearFraming) {
    const std::string body = page(1, 1, "");
    for (const std::string& head :
         {std::string("Content-Length: 5\r\nContent-Length: ") + std::to_string(body.size()),
          std::string("Transfer-Encoding: xchunked"),
          std::string("X: a\r\n b\r\nContent-Length: ") + std::to_string(body.size()), std::string("Connection: close"),
          "Transfer-Encoding: chunked\r\nContent-Length: " + std::to_string(body.size())}) {
        serve([&](const TlsRequest&) -> TlsReply { return {"HTTP/1.1 200 OK\r\n" + head + "\r\n\r\n" + body, true}; });
        const auto [code, message] = failure([&] { read("attempts = 1"); });
        EXPECT_EQ(code, ExitCode::failed) << head << ": " << message;
    }
}

TEST_F(Https, ReadsChunkedAnswers) {
    serve([](const TlsRequest&) -> TlsReply {
        const std::string body = page(1, 3, "");
        char size[16];
        std::snprintf(size, sizeof size, "%zx", body.size() - 10);
        return {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(size) + "\r\n" +
                body.substr(0, body.size() - 10) + "\r\na\r\n" + body.substr(body.size() - 10) + "\r\n0\r\n\r\n"};
    });
    EXPECT_EQ(read().rows.size(), 3U);
}

TEST_F(Https, StreamsAnExport) {
    entity_.record = "";
    entity_.resource = "/export";
    connector_ = testing::make_connector(entity_, "ndjson = true");
    std::string body;
    for (int row = 0; row < 50'000; ++row) body += "{\"id\":\"" + std::to_string(row) + "\"}\n";
    serve([&](const TlsRequest&) -> TlsReply { return {http_response(200, body)}; });
    EXPECT_EQ(read("paging = \"none\"\nmax_body_bytes = 1024").rows.size(), 50'000U);
    const auto opened = transport("paging = \"none\"");
    testing::expect_resumes_everywhere([&](std::string_view checkpoint) {
        return make_json_format()->open(entity_, connector_,
                                        opened->open_documents(entity_, checkpoint.substr(0, checkpoint.find('\n'))),
                                        checkpoint);
    });
    serve([&](const TlsRequest&) -> TlsReply {
        const std::string whole = http_response(200, body);
        return {whole.substr(0, whole.size() / 2), true};
    });
    EXPECT_EQ(failure([&] { read("paging = \"none\""); }).first, ExitCode::try_later);
}

TEST_F(Https, BoundsPages) {
    serve([](const TlsRequest&) -> TlsReply { return {http_response(200, page(1, 1000, ""))}; });
    const auto [code, message] = failure([&] { read("max_body_bytes = 4096"); });
    EXPECT_EQ(code, ExitCode::failed);
    EXPECT_NE(message.find("max_body_bytes"), std::string::npos);
}

TEST_F(Https, SaysWhatIsWrong) {
    EXPECT_EQ(failure([&] { transport("attempts = 1", "https://localhost:1")->check_reachable(); }).first,
              ExitCode::try_later);
    EXPECT_EQ(failure([&] { transport({}, "http://localhost"); }).first, ExitCode::usage);
    for (const unsigned status : {301U, 403U, 404U, 418U}) {
        serve([&](const TlsRequest&) -> TlsReply { return {http_response(status, "{}")}; });
        const auto [code, message] = failure([&] { read(); });
        EXPECT_EQ(code, ExitCode::failed);
        EXPECT_NE(message.find(std::to_string(status)), std::string::npos);
    }
    serve([](const TlsRequest&) -> TlsReply { return {}; });
    const auto [code, message] = failure([&] { read("attempts = 1\nread_timeout_seconds = 1"); });
    EXPECT_EQ(code, ExitCode::try_later);
}

}  // namespace
}  // namespace caseweave
