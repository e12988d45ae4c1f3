#include "load/certain_commit.hpp"

#include <fmt/core.h>

#include <thread>

#include "core/fault_point.hpp"
#include "core/log.hpp"

namespace caseweave {

namespace {

/// Between two attempts to ask: a server that restarts refuses connections meanwhile.
constexpr std::chrono::milliseconds kAgain{200};

/// Names one session of the server for good: process ids come again.
struct Session {
    std::string process, started;
};

enum class Outcome { open, committed, rolled_back };

/// Ends the session if it is still there. Once it is not, what the ledger says of the run is final. Not the
/// transaction's own id is asked for: after a crash of the server another transaction may have it.
Outcome outcome_of(const Session& session, const RunLedger& ledger, const Target& target) {
    // As the login itself: it may end its own sessions, which the role it becomes may not.
    TargetConnection connection = target.connect_admin();
    const bool is_over = connection
                             .query(
                                 "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND "
                                 "backend_start::text = $2",
                                 {session.process, session.started})
                             .empty();
    if (!is_over) return Outcome::open;
    // Nor is the run's number enough: its sequence, too, may have been set back.
    const TargetResult run =
        connection.query("SELECT FROM lineage.run WHERE run_id = $1 AND holder = $2 AND state = 'done'",
                         {std::to_string(ledger.run().value), ledger.description().holder});
    return run.empty() ? Outcome::rolled_back : Outcome::committed;
}

}  // namespace

void commit_for_certain(TargetTransaction& transaction, TargetConnection& connection, const Target& target,
                        const RunLedger& ledger) {
    const TargetResult own =
        connection.execute("SELECT pid, backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()");
    const Session session{std::string(own.text(0, 0)), std::string(own.text(0, 1))};
    try {
        fault_point("certain_commit.before");
        transaction.commit();
        fault_point("certain_commit.after");
        return;
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::in_doubt) throw;
    }
    log::warning("the link to the target broke while the run was being committed: asking the target");
    const auto until = std::chrono::steady_clock::now() + connection.call_deadline();
    do {
        Outcome outcome = Outcome::open;
        try {
            outcome = outcome_of(session, ledger, target);
        } catch (const Error& error) {
            if (error.kind() == ErrorKind::interrupted) break;  // whoever waits no longer is told that it is in doubt
            if (!error.retryable()) throw;
        }
        if (outcome == Outcome::committed) return log::warning("the target has committed the run");
        if (outcome == Outcome::rolled_back)
            throw Error(ErrorKind::target,
                        fmt::format("The target ({}) was lost while the run was being committed, and the run was not: "
                                    "nothing of that transaction is kept. Check the server and run the same command "
                                    "again.",
                                    connection.place()));
        std::this_thread::sleep_for(kAgain);
    } while (std::chrono::steady_clock::now() < until);
    throw Error(
        ErrorKind::in_doubt,
        fmt::format("The target ({}) was lost while the run was being committed, and cannot be asked whether it "
                    "was. Once it answers, caseweave runs shows the run as done if it was; if not, run the "
                    "same command again.",
                    connection.place()));
}

}  // namespace caseweave
