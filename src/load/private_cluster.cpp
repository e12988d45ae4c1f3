#include "load/private_cluster.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <set>
#include <thread>
#include <vector>

#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/log.hpp"

namespace caseweave {

namespace fs = std::filesystem;

namespace {

/// Sockets below the folder's path are at most ".s.PGSQL.5432.lock"; sun_path holds 107 bytes.
constexpr std::size_t kSocketPathBytes = 107 - 19;
/// Crash recovery of a county's load replays at most max_wal_size; minutes on a slow disk.
constexpr std::chrono::seconds kStartDeadline{300};
constexpr std::chrono::seconds kStopDeadline{60};
constexpr std::chrono::milliseconds kPollInterval{20};

/// Roles that may log in through peer authentication. The owner never does.
constexpr std::string_view kLoginRoles[] = {
    PrivateCluster::kAdmin,       PrivateCluster::kOperator,        "caseweave_loader",  "caseweave_reader_social_care",
    "caseweave_reader_education", "caseweave_reader_youth_justice", "caseweave_auditor", "caseweave_data_quality",
    "caseweave_safeguarding",     "caseweave_adoption_officer"};

/// What the server is started with. fsync and full_page_writes stay on: a power cut costs the newest batches, never the
/// cluster. wal_level minimal lets index builds skip the log; the other figures suit a machine of two cores and 4 GB.
/// After a crash one syncfs replaces an fsync of each of some thousand files (a restart took 1.8 s instead of 5 on a
/// busy disk). Statements and rows stay out of the server's log: ERROR lines quote values (`log` drops them and keeps
/// LOG lines), terse leaves out DETAIL and CONTEXT.
constexpr const char* kServerSettings = R"(listen_addresses = ''
port = 5432
unix_socket_directories = '{}'
max_connections = 40
shared_buffers = '256MB'
work_mem = '64MB'
maintenance_work_mem = '256MB'
wal_level = minimal
max_wal_senders = 0
max_wal_size = '4GB'
checkpoint_timeout = '30min'
jit = off
recovery_init_sync_method = syncfs
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_statement = none
)";

/// Where clusters live that root starts.
constexpr const char* kSystemFolder = "/var/lib/caseweave";
/// In a cluster's folder: the state folder it belongs to.
constexpr const char* kOwnerFile = "state_folder";

/// Takes a lock file for as long as it lives, so that two programs do not make one cluster at once.
class StartLock {
  public:
    explicit StartLock(const fs::path& file) : descriptor_(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
        if (descriptor_ < 0)
            throw Error(ErrorKind::target,
                        fmt::format("{} cannot be opened: {}. Choose a state folder you can write to with --state.",
                                    file.string(), std::strerror(errno)));
        while (flock(descriptor_, LOCK_EX) != 0 && errno == EINTR) {
        }
    }
    ~StartLock() { close(descriptor_); }
    StartLock(const StartLock&) = delete;
    StartLock& operator=(const StartLock&) = delete;

  private:
    int descriptor_;
};

std::vector<std::string> lines_of(const fs::path& file) {
    std::vector<std::string> lines;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

pid_t first_line_pid(const fs::path& file) {
    const auto lines = lines_of(file);
    return lines.empty() ? 0 : static_cast<pid_t>(std::strtol(lines.front().c_str(), nullptr, 10));
}

/// Tells whether a process is the postmaster of a data folder, which is its working directory; a process id alone may
/// have been given to another program since.
bool is_postmaster_of(pid_t process, const fs::path& data) {
    if (process <= 0) return false;
    std::error_code error;
    const fs::path folder = fs::read_symlink(fmt::format("/proc/{}/cwd", process), error);
    return !error && (folder == data || folder == data.string() + " (deleted)");
}

/// Tells whether a socket folder is that of a server which runs on another data folder.
bool serves_another(const fs::path& sockets, const fs::path& data) {
    const pid_t holder = first_line_pid(sockets / ".s.PGSQL.5432.lock");
    if (holder <= 0 || is_postmaster_of(holder, data)) return false;
    std::error_code error;
    return fs::read_symlink(fmt::format("/proc/{}/exe", holder), error).filename() == "postgres";
}

/// Gives the first of name, name-2, name-3, ... that is not taken.
template <typename Taken>
fs::path free_name(const fs::path& name, const Taken& taken) {
    fs::path candidate = name;
    for (int number = 2; taken(candidate); ++number) candidate = fmt::format("{}-{}", name.string(), number);
    return candidate;
}

void write_file(const fs::path& file, const std::string& text, const Account& account) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out || chmod(file.c_str(), 0600) != 0 ||
        (geteuid() == 0 && chown(file.c_str(), account.user, account.group) != 0))
        throw Error(ErrorKind::target, fmt::format("{} cannot be written: {}.", file.string(), std::strerror(errno)));
}

void make_folder(const fs::path& folder, const Account& account, mode_t mode) {
    std::error_code error;
    fs::create_directories(folder, error);
    struct stat info {};
    // A link in a folder others can write to (/tmp) may have been put there to catch the data.
    if (error || lstat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode))
        throw Error(ErrorKind::target,
                    fmt::format("The folder {} cannot be made: {}.", folder.string(),
                                error ? error.message() : std::string("something else has its name")));
    if (info.st_uid != account.user) {
        if (geteuid() != 0)
            throw Error(ErrorKind::target,
                        fmt::format("The folder {} belongs to another user; remove it or choose another --state.",
                                    folder.string()));
        if (chown(folder.c_str(), account.user, account.group) != 0)
            throw Error(ErrorKind::target, fmt::format("The folder {} cannot be given to {}: {}.", folder.string(),
                                                       account.name, std::strerror(errno)));
    }
    if (chmod(folder.c_str(), mode) != 0)
        throw Error(ErrorKind::target,
                    fmt::format("The folder {} cannot be protected: {}.", folder.string(), std::strerror(errno)));
}

}  // namespace

fs::path find_postgres_programs() {
    fs::path best;
    int best_version = 0;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator("/usr/lib/postgresql", error)) {
        const int version = std::atoi(entry.path().filename().c_str());
        if (version > best_version && fs::exists(entry.path() / "bin/postgres")) {
            best = entry.path() / "bin";
            best_version = version;
        }
    }
    // security_invoker views came with 15.
    if (best_version < 15)
        throw Error(ErrorKind::target,
                    "No PostgreSQL server of version 15 or later is installed; install the package postgresql-15, "
                    "or name a server in the job's [target].");
    return best;
}

PrivateCluster::PrivateCluster(const fs::path& state) : state_(fs::weakly_canonical(fs::absolute(state))) {}

bool PrivateCluster::exists(const fs::path& state) {
    return fs::exists(state / "cluster" / "data" / "PG_VERSION");
}

PrivateCluster PrivateCluster::start(const fs::path& state) try {
    PrivateCluster cluster(state);
    fs::create_directories(cluster.state_);
    const StartLock lock(cluster.state_ / ".cluster.lock");
    cluster.choose_places();
    if (!cluster.running()) {
        if (!fs::exists(cluster.data_ / "PG_VERSION")) cluster.make_cluster();
        cluster.clear_stale_locks();
        cluster.write_configuration();
        cluster.start_postgres();
        cluster.make_roles();
    } else if (const auto lines = lines_of(cluster.data_ / "postmaster.pid"); lines.size() >= 5) {
        cluster.sockets_ = lines[4];  // where the running server listens, whatever this environment would choose
    }
    cluster.claim();
    return cluster;
} catch (const fs::filesystem_error& error) {
    throw Error(
        ErrorKind::target,
        fmt::format("The private cluster of {} cannot be set up: {}: {}. Name a state folder that you can read and "
                    "write with --state, or have the owner of this one run chown -R on it for your account.",
                    state.string(), error.path1().string(), error.code().message()));
}

void PrivateCluster::choose_places() {
    std::string name = fmt::format("{:016x}", hash64(state_.string()));
    const fs::path link = state_ / "cluster";
    std::error_code error;
    account_ = current_account();
    if (geteuid() != 0) {
        base_ = link;
        if (fs::is_symlink(link))
            throw Error(ErrorKind::target,
                        fmt::format("The cluster of {} was made by root. Run the command with sudo, or choose another "
                                    "folder with --state.",
                                    state_.string()));
    } else if (fs::is_directory(fs::symlink_status(link, error))) {
        base_ = link;  // made by an ordinary user: root goes on as that user
        struct stat info {};
        if (lstat(link.c_str(), &info) == 0) account_ = find_account(info.st_uid).value_or(account_);
    } else {
        if (const auto postgres = find_account("postgres"))
            account_ = *postgres;
        else
            throw Error(ErrorKind::target,
                        "There is no account `postgres` to run a cluster as; install the package postgresql-15.");
        base_ = fs::is_symlink(link) ? follow(link) : unclaimed_base(name);
        name = base_.filename();
    }
    data_ = base_ / "data";
    log_ = base_ / "postgres.log";

    if (geteuid() == 0) {
        sockets_ = fs::path("/run/caseweave") / name;
    } else {
        const char* runtime = std::getenv("XDG_RUNTIME_DIR");
        sockets_ = runtime != nullptr && fs::is_directory(runtime, error) ? fs::path(runtime) / ("caseweave-" + name)
                                                                          : fs::path();
        if (sockets_.empty() || sockets_.string().size() > kSocketPathBytes)
            sockets_ = fmt::format("/tmp/caseweave-{}-{}", geteuid(), name);
    }
    // The server of a folder that was moved away listens where it did.
    sockets_ = free_name(sockets_, [&](const fs::path& folder) { return serves_another(folder, data_); });
}

fs::path PrivateCluster::follow(const fs::path& link) {
    const fs::path base = fs::read_symlink(link);
    if (base.parent_path() != kSystemFolder)
        throw Error(ErrorKind::target,
                    fmt::format("{} points to {}, where no cluster of caseweave lives. Remove the link, or choose "
                                "another folder with --state.",
                                link.string(), base.string()));
    if (!fs::exists(base)) {
        log::warning("{}, where the private cluster of {} lived, is gone; making an empty one", base.string(),
                     state_.string());
        return base;
    }
    const auto owner = lines_of(base / kOwnerFile);
    if (owner.empty() || owner.front() == state_) return base;
    std::error_code error;
    if (fs::read_symlink(fs::path(owner.front()) / "cluster", error) == base && !error)
        throw Error(ErrorKind::target,
                    fmt::format("{} is a copy of {}: both point to one private cluster. Use {}, or choose another "
                                "folder with --state.",
                                state_.string(), owner.front(), owner.front()));
    log::info("{} was moved here from {}; its private cluster stays with it", state_.string(), owner.front());
    return base;
}

fs::path PrivateCluster::unclaimed_base(const std::string& name) const {
    const fs::path first = fs::path(kSystemFolder) / name;
    const auto holds_data = [](const fs::path& base) {
        return fs::exists(base / "data") || fs::exists(base / "data.new");
    };
    const fs::path base = free_name(first, holds_data);
    if (base != first)
        log::warning(
            "{} holds the private cluster of an earlier folder of this path, and is kept: if that folder was moved, "
            "its "
            "link still leads there; if it was deleted, delete that too",
            first.string());
    return base;
}

void PrivateCluster::claim() const {
    if (base_.parent_path() != kSystemFolder) return;
    const fs::path file = base_ / kOwnerFile;
    if (const auto owner = lines_of(file); owner.empty() || owner.front() != state_)
        write_file(file, state_.string() + "\n", account_);
}

void PrivateCluster::make_cluster() {
    if (base_.parent_path() == kSystemFolder) {
        fs::create_directories(base_.parent_path());
        make_folder(base_, account_, 0700);
        std::error_code error;
        fs::remove(state_ / "cluster", error);
        fs::create_directory_symlink(base_, state_ / "cluster");
    } else {
        make_folder(base_, account_, 0700);
    }
    // Made beside its place and renamed when whole: a killed initdb leaves nothing that looks like a cluster.
    const fs::path fresh = base_ / "data.new";
    fs::remove_all(fresh);
    const fs::path log = base_ / "initdb.log";
    const int status =
        run_to_end({{(find_postgres_programs() / "initdb").string(), "--pgdata=" + fresh.string(),
                     "--username=" + std::string(kAdmin), "--auth-local=peer", "--auth-host=reject", "--encoding=UTF8",
                     // Byte order is the fastest to sort by, and the order sources are merged in.
                     "--lc-collate=C", "--lc-ctype=C.UTF-8", "--lc-messages=C", "--lc-monetary=C", "--lc-numeric=C",
                     "--lc-time=C", "--no-instructions", "--no-sync"},
                    account_,
                    log});
    if (status != 0)
        throw Error(ErrorKind::target,
                    fmt::format("The private cluster cannot be made: initdb ended with status {}; {} says why.", status,
                                log.string()));
    std::ofstream(fresh / "postgresql.conf", std::ios::app) << "include 'caseweave.conf'\n";
    fs::rename(fresh, data_);
}

void PrivateCluster::write_configuration() {
    make_folder(sockets_, account_, geteuid() == 0 ? 0755 : 0700);
    const std::string settings = fmt::format(fmt::runtime(kServerSettings), sockets_.string());
    write_file(data_ / "caseweave.conf", settings, account_);
    write_file(data_ / "pg_hba.conf", "local all all peer map=caseweave\n", account_);
    std::string map = "# operating-system user -> role\n";
    const std::set<std::string> users{"root", account_.name, current_account().name};
    for (const std::string& user : users)
        for (const std::string_view role : kLoginRoles) map += fmt::format("caseweave \"{}\" \"{}\"\n", user, role);
    write_file(data_ / "pg_ident.conf", map, account_);
}

void PrivateCluster::clear_stale_locks() {
    // A lock whose process id now belongs to another program would keep postgres from starting; one of a server whose
    // data folder was deleted under it still holds the socket.
    const fs::path socket_lock = sockets_ / ".s.PGSQL.5432.lock";
    for (const fs::path& lock : {data_ / "postmaster.pid", socket_lock}) {
        std::error_code error;
        if (!fs::exists(lock, error)) continue;
        const pid_t holder = first_line_pid(lock);
        if (is_postmaster_of(holder, data_)) ::kill(holder, SIGQUIT);
        for (int i = 0; i < 250 && is_postmaster_of(holder, data_); ++i) std::this_thread::sleep_for(kPollInterval);
        fs::remove(lock, error);
    }
}

void PrivateCluster::start_postgres() {
    const Command command{{(find_postgres_programs() / "postgres").string(), "-D", data_.string()}, account_, log_};
    const auto until = std::chrono::steady_clock::now() + kStartDeadline;
    int attempts = 0;
    pid_t server = start_detached(command);
    for (;;) {
        const auto lines = lines_of(data_ / "postmaster.pid");
        if (lines.size() >= 8 && lines[7].starts_with("ready") && first_line_pid(data_ / "postmaster.pid") == server)
            return;
        int status = 0;
        if (waitpid(server, &status, WNOHANG) == server) {
            // Backends of a killed server hold its shared memory until they notice, a second at most.
            if (++attempts > 10)
                throw Error(ErrorKind::target,
                            fmt::format("The private cluster does not start; {} says why.", log_.string()));
            std::this_thread::sleep_for(std::chrono::milliseconds(300));
            server = start_detached(command);
        }
        if (std::chrono::steady_clock::now() > until)
            throw Error(ErrorKind::target,
                        fmt::format("The private cluster does not get ready; {} says why.", log_.string()));
        std::this_thread::sleep_for(kPollInterval);
    }
}

void PrivateCluster::make_roles() {
    auto admin = settings(kAdmin);
    for (auto& [keyword, value] : admin.keywords)
        if (keyword == "dbname") value = "postgres";
    TargetConnection connection(admin);
    std::string sql;
    const auto make = [&](std::string_view role, std::string_view attributes) {
        if (connection.query("SELECT FROM pg_roles WHERE rolname = $1", {role}).empty())
            sql += fmt::format("CREATE ROLE {0} {1};\n", role, attributes);
    };
    make("caseweave_owner", "NOLOGIN");
    make("caseweave_loader", "LOGIN BYPASSRLS");
    for (const std::string_view role : {"caseweave_reader_social_care", "caseweave_reader_education",
                                        "caseweave_reader_youth_justice", "caseweave_auditor"})
        make(role, "LOGIN");
    for (const std::string_view role : {"caseweave_restricted", "caseweave_sealed"}) make(role, "NOLOGIN");
    const std::string readers =
        "LOGIN IN ROLE caseweave_reader_social_care, caseweave_reader_education, caseweave_reader_youth_justice";
    make("caseweave_data_quality", readers);
    make("caseweave_safeguarding", readers + ", caseweave_restricted");
    make("caseweave_adoption_officer", readers + ", caseweave_sealed");
    make(kOperator,
         "LOGIN BYPASSRLS IN ROLE caseweave_loader, caseweave_reader_social_care, caseweave_reader_education, "
         "caseweave_reader_youth_justice, caseweave_restricted, caseweave_sealed, caseweave_auditor");
    if (!sql.empty()) connection.execute(sql);
    if (connection.query("SELECT FROM pg_database WHERE datname = $1", {kDatabase}).empty()) {
        connection.execute(fmt::format("CREATE DATABASE {}", kDatabase));
        connection.execute(fmt::format("REVOKE ALL ON DATABASE {} FROM PUBLIC", kDatabase));
        connection.execute(fmt::format("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}", kDatabase,
                                       fmt::join(std::begin(kLoginRoles) + 1, std::end(kLoginRoles), ", ")));
    }
}

pid_t PrivateCluster::postmaster() const {
    const pid_t process = first_line_pid(data_ / "postmaster.pid");
    return is_postmaster_of(process, data_) ? process : 0;
}

bool PrivateCluster::running() const {
    const auto lines = lines_of(data_ / "postmaster.pid");
    return postmaster() != 0 && lines.size() >= 8 && lines[7].starts_with("ready");
}

void PrivateCluster::end_postmaster(int signal) {
    const pid_t process = postmaster();
    if (process == 0) return;
    ::kill(process, signal);
    const auto until = std::chrono::steady_clock::now() + kStopDeadline;
    while (is_postmaster_of(process, data_)) {
        int status = 0;
        waitpid(process, &status, WNOHANG);  // where this process started it
        if (std::chrono::steady_clock::now() > until)
            throw Error(ErrorKind::target, fmt::format("The private cluster (process {}) does not stop.", process));
        std::this_thread::sleep_for(kPollInterval);
    }
}

void PrivateCluster::stop() {
    end_postmaster(SIGINT);
}
void PrivateCluster::kill() {
    end_postmaster(SIGKILL);
}

void PrivateCluster::remove() {
    end_postmaster(SIGQUIT);
    fs::remove_all(base_);
    fs::remove_all(sockets_);
    std::error_code error;
    fs::remove(state_ / "cluster", error);
}

TargetConnection::Settings PrivateCluster::settings(std::string_view role) const {
    TargetConnection::Settings settings;
    settings.keywords = {
        {"host", sockets_.string()}, {"port", "5432"}, {"dbname", std::string(kDatabase)}, {"user", std::string(role)}};
    return settings;
}

std::string PrivateCluster::connection_string(std::string_view role) const {
    return fmt::format("host={} port=5432 dbname={} user={}", sockets_.string(), kDatabase, role);
}

}  // namespace caseweave
