#include "load/run_lock.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <array>

#include "load/account.hpp"

namespace caseweave {

namespace {

/// The advisory lock's key: "cw" and 1, in the two-number form so that pg_locks shows them apart.
constexpr int kLockClass = 0x6377;
constexpr int kLockObject = 1;
/// That of the transaction which does a whole run's work.
constexpr int kTransactionObject = 2;

/// PostgreSQL cuts application_name at 63 bytes.
constexpr std::size_t kApplicationNameBytes = 63;

/// Writes the condition that a row of pg_locks `l` is the lock, and held.
std::string lock_of_this_database(int object = kLockObject) {
    return fmt::format(
        "l.locktype = 'advisory' AND l.classid = {} AND l.objid = {} AND l.granted"
        " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        kLockClass, object);
}

[[noreturn]] void tell_who_holds_it(TargetConnection& connection, int object = kLockObject) {
    const TargetResult holder = connection.execute(
        fmt::format("SELECT coalesce(a.application_name, ''), to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS')"
                    "  FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid"
                    " WHERE {}",
                    lock_of_this_database(object)));
    std::string who = "another run";
    if (!holder.empty() && !holder.text(0, 0).empty()) who = std::string(holder.text(0, 0));
    if (!holder.empty() && !holder.is_null(0, 1)) who += fmt::format(", since {}", holder.text(0, 1));
    throw Error(ErrorKind::locked,
                fmt::format("The target ({}) is held by {}. Wait until that run has ended, then try again.",
                            connection.place(), who));
}

}  // namespace

std::string describe_holder() {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    return fmt::format("{}@{}, process {}", current_account().name, host.data(), getpid());
}

RunLock::RunLock(TargetConnection connection, std::string_view command) : connection_(std::move(connection)) {
    std::string name = fmt::format("caseweave {} by {}", command, describe_holder());
    if (name.size() > kApplicationNameBytes) name = fmt::format("caseweave {}, process {}", command, getpid());
    connection_.query("SELECT set_config('application_name', $1, false)", {name});
    if (!connection_.execute(fmt::format("SELECT pg_try_advisory_lock({}, {})", kLockClass, kLockObject)).boolean(0, 0))
        tell_who_holds_it(connection_);
}

void RunLock::bind(TargetConnection& writer) const {
    const std::string sql = fmt::format("SELECT pg_try_advisory_xact_lock({}, {})", kLockClass, kTransactionObject);
    if (!writer.execute(sql).boolean(0, 0)) tell_who_holds_it(writer, kTransactionObject);
}

bool RunLock::is_held(TargetConnection& connection) {
    return !connection.execute(fmt::format("SELECT FROM pg_locks l WHERE {} LIMIT 1", lock_of_this_database())).empty();
}

RunLock::~RunLock() {
    if (connection_.broken()) return;
    try {
        connection_.execute(fmt::format("SELECT pg_advisory_unlock({}, {})", kLockClass, kLockObject));
    } catch (const Error&) {  // the server frees it with the connection
    }
}

}  // namespace caseweave
