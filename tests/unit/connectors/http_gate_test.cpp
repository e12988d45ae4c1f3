#include "connectors/transports/http_gate.hpp"

#include <gtest/gtest.h>

namespace caseweave {
namespace {

constexpr const char* kStart = "HTTP/1.1 200 OK\r\n";

std::string verdict(const std::string& fields) {
    return std::string(judge_response_head(kStart + fields + "\r\n"));
}

TEST(HttpGate, TakesProperHeads) {
    EXPECT_EQ(verdict("Content-Type: application/json\r\nContent-Length: 12\r\n"), "");
    EXPECT_EQ(verdict("transfer-encoding:  chunked \r\n"), "");
    EXPECT_EQ(judge_response_head("HTTP/1.1 204\r\n\r\n"), "");
}

TEST(HttpGate, RefusesAmbiguousFraming) {
    EXPECT_NE(verdict("Content-Length: 12\r\nContent-Length: 13\r\n"), "");
    EXPECT_NE(verdict("Content-Length: 12\r\nContent-Length: 12\r\n"), "");
    EXPECT_NE(verdict("Content-Length: 12\r\nTransfer-Encoding: chunked\r\n"), "");
    EXPECT_NE(verdict("Transfer-Encoding: xchunked\r\n"), "");
    EXPECT_NE(verdict("Transfer-Encoding: gzip, chunked\r\n"), "");
    EXPECT_NE(verdict("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), "");
    EXPECT_NE(verdict("Content-Length: 12, 12\r\n"), "");
    EXPECT_NE(verdict("Content-Length: +12\r\n"), "");
    EXPECT_NE(verdict("Content-Length: \r\n"), "");
    EXPECT_NE(verdict("Content-Length: 9999999999999999999999\r\n"), "");
}

TEST(HttpGate, RefusesWhatIsNoHead) {
    EXPECT_NE(verdict("X: a\r\n folded\r\n"), "");
    EXPECT_NE(verdict("X : a\r\n"), "");
    EXPECT_NE(verdict("no colon\r\n"), "");
    EXPECT_NE(verdict("X: a\nY: b\r\n"), "");
    EXPECT_NE(verdict(std::string("X: \0\r\n", 6)), "");
    EXPECT_NE(judge_response_head("HTTP/2 200 OK\r\n\r\n"), "");
    EXPECT_NE(judge_response_head("HTTP/1.1 200 OK\r\n"), "");
    EXPECT_NE(judge_response_head(""), "");
    EXPECT_NE(verdict("X: " + std::string(kMaxHeadBytes, 'x') + "\r\n"), "");
}

TEST(HttpGate, RefusesCompressionNobodyAskedFor) {
    EXPECT_NE(verdict("Content-Encoding: gzip\r\nContent-Length: 1\r\n"), "");
}

}  // namespace
}  // namespace caseweave
