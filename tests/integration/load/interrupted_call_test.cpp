// What the operator's Ctrl-C does to a call of the target that is under way.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "integration/load/target_fixture.hpp"

namespace caseweave {
namespace {

using Clock = std::chrono::steady_clock;

class InterruptedCall : public TargetFixture {
  protected:
    TargetConnection connect_heeding() {
        auto settings = cluster().settings(PrivateCluster::kAdmin);
        settings.interrupted = &asked_;
        return TargetConnection(settings);
    }
    /// Asks to stop while `call` is under way. @return how long it went on; it must end as interrupted.
    template <typename Call>
    double seconds_after_asking(const Call& call) {
        asked_ = false;
        Clock::time_point asked_at;
        std::jthread operator_asks([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(300));
            asked_at = Clock::now();
            asked_ = true;
        });
        try {
            call();
            ADD_FAILURE() << "went on to its end";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::interrupted) << error.what();
        }
        operator_asks.join();
        return std::chrono::duration<double>(Clock::now() - asked_at).count();
    }
    std::string sleepers() {
        return value(admin_,
                     "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND state = "
                     "'active' AND pid <> pg_backend_pid()");
    }

    std::atomic<bool> asked_{false};
    TargetConnection admin_ = connect(PrivateCluster::kAdmin);
};

TEST_F(InterruptedCall, AStatementOverWholeTablesIsGivenUpAtOnceAndTheConnectionStands) {
    TargetConnection connection = connect_heeding();
    connection.begin();
    EXPECT_LT(seconds_after_asking([&] { connection.execute("SELECT pg_sleep(60)", TargetConnection::kLongDeadline); }),
              1.9);
    EXPECT_FALSE(connection.broken());
    EXPECT_EQ(sleepers(), "0");
    // What has to be told to the books can be told.
    connection.roll_back();
    EXPECT_EQ(value(connection, "SELECT 1"), "1");
    // And nothing of the kind is begun any more.
    EXPECT_THROW(connection.execute("SELECT 1", TargetConnection::kLongDeadline), Error);
    EXPECT_FALSE(connection.broken());
}

TEST_F(InterruptedCall, ReadingATableBackIsGivenUpAtOnceAndTheConnectionStands) {
    TargetConnection connection = connect_heeding();
    EXPECT_LT(seconds_after_asking([&] {
                  connection.copy_out("COPY (SELECT i, pg_sleep(0.001) FROM generate_series(1, 60000) i) TO STDOUT",
                                      [](std::string_view) {});
              }),
              1.9);
    EXPECT_FALSE(connection.broken());
    EXPECT_EQ(value(connection, "SELECT 1"), "1");
}

TEST_F(InterruptedCall, AnyOtherCallHasAMomentLeft) {
    TargetConnection connection = connect_heeding();
    asked_ = true;
    EXPECT_EQ(value(connection, "SELECT 1 FROM pg_sleep(1)"), "1");
    EXPECT_LT(seconds_after_asking([&] { connection.execute("SELECT pg_sleep(60)"); }), 4.5);
    EXPECT_EQ(sleepers(), "0");
    EXPECT_EQ(value(connection, "SELECT 1"), "1");
    // To connect, too.
    TargetConnection later = connect_heeding();
    EXPECT_EQ(value(later, "SELECT 1"), "1");
}

TEST_F(InterruptedCall, ACommitIsWaitedFor) {
    TargetConnection connection = connect_heeding();
    connection.execute(
        "CREATE TABLE public.slow (a integer); CREATE FUNCTION public.be_slow() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN PERFORM pg_sleep(4); RETURN NULL; END'; CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON public.slow "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.be_slow()");
    connection.begin();
    connection.execute("INSERT INTO public.slow VALUES (1)");
    asked_ = true;
    EXPECT_NO_THROW(connection.commit());
    EXPECT_EQ(value(admin_, "SELECT count(*) FROM public.slow"), "1");
    admin_.execute("DROP TABLE public.slow; DROP FUNCTION public.be_slow()");
}

}  // namespace
}  // namespace caseweave
