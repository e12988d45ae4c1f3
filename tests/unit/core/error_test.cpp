#include "core/error.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/reject.hpp"
#include "core/source_ref.hpp"

namespace caseweave {
namespace {

TEST(Error, EveryKindHasItsExitCode) {
    const auto code_of = [](ErrorKind kind) { return Error(kind, "x").exit_code(); };
    EXPECT_EQ(code_of(ErrorKind::usage), ExitCode::usage);
    EXPECT_EQ(code_of(ErrorKind::source), ExitCode::failed);
    EXPECT_EQ(code_of(ErrorKind::unavailable), ExitCode::try_later);
    EXPECT_EQ(code_of(ErrorKind::lost), ExitCode::failed) << "such a run is not one that never began";
    EXPECT_EQ(code_of(ErrorKind::integrity), ExitCode::failed);
    EXPECT_EQ(code_of(ErrorKind::target), ExitCode::failed);
    EXPECT_EQ(code_of(ErrorKind::locked), ExitCode::try_later);
    EXPECT_EQ(code_of(ErrorKind::in_doubt), ExitCode::failed);
    EXPECT_EQ(code_of(ErrorKind::interrupted), ExitCode::interrupted);
    EXPECT_EQ(static_cast<int>(ExitCode::try_later), 75);
    EXPECT_EQ(static_cast<int>(ExitCode::unbalanced), 4);
}

TEST(Error, OnlyWhatMayPassByItselfIsRetryable) {
    EXPECT_TRUE(Error(ErrorKind::unavailable, "x").retryable());
    EXPECT_TRUE(Error(ErrorKind::lost, "x").retryable());
    EXPECT_TRUE(Error(ErrorKind::locked, "x").retryable());
    EXPECT_FALSE(Error(ErrorKind::in_doubt, "x").retryable()) << "the ledger is read before deciding";
    EXPECT_FALSE(Error(ErrorKind::integrity, "x").retryable());
}

TEST(SettingsError, PointsAtItsPlace) {
    const SettingsError error("config/demo.toml", 12, 5, "unknown key \"nmae\"");
    EXPECT_STREQ(error.what(), "config/demo.toml:12:5: unknown key \"nmae\"");
    EXPECT_EQ(error.exit_code(), ExitCode::usage);
}

TEST(SourceRef, ShowsKeysAndPositionsForPeople) {
    EXPECT_EQ(display_key(std::string("12") + kKeySeparator + "2024"), "12/2024");
    EXPECT_EQ(display_position("", {.document = 0, .line = 12, .byte = 0}), "query row 12");
    EXPECT_EQ(display_position("people.csv", {.document = 0, .line = 12, .byte = 0}), "people.csv line 12");
    EXPECT_EQ(display_position("people.csv", {.document = 0, .line = 12, .byte = 340}), "people.csv line 12 byte 340");
}

TEST(Reject, EveryReasonHasANameAndAdvice) {
    for (int reason = 0; reason <= static_cast<int>(RejectReason::shielded); ++reason) {
        EXPECT_NE(to_string(static_cast<RejectReason>(reason)), "unknown");
        EXPECT_FALSE(advice(static_cast<RejectReason>(reason)).empty());
    }
}

}  // namespace
}  // namespace caseweave
