#include "support/private_postgres.hpp"

#include <libpq-fe.h>

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

namespace caseweave::testing {

namespace {

std::string find_programs() {
    const std::filesystem::path versions = "/usr/lib/postgresql";
    std::string newest;
    std::error_code failure;
    for (const auto& entry : std::filesystem::directory_iterator(versions, failure)) {
        const std::string programs = entry.path() / "bin";
        if (std::filesystem::exists(programs + "/initdb") && programs > newest) newest = programs;
    }
    if (newest.empty()) throw std::runtime_error("PostgreSQL is not installed: no initdb below /usr/lib/postgresql");
    return newest;
}

struct Connection {
    PGconn* handle;
    explicit Connection(const std::string& keywords) : handle(PQconnectdb(keywords.c_str())) {
        if (PQstatus(handle) != CONNECTION_OK) {
            const std::string words = PQerrorMessage(handle);
            PQfinish(handle);
            throw std::runtime_error(words);
        }
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() { PQfinish(handle); }
};

}  // namespace

PrivatePostgres::PrivatePostgres() : account_(Account::for_server("postgres")), program_folder_(find_programs()) {
    account_.own(folder_.path());
    const std::string data = folder_.path() / "data";
    run_command({program_folder_ + "/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                 "--locale=C.UTF-8", "--no-sync"},
                account_, folder_.path() / "initdb.log");
    folder_.write("data/pg_hba.conf", "local all +password_roles scram-sha-256\nlocal all all trust\n");
    start();
    execute("CREATE ROLE password_roles");
}

PrivatePostgres::~PrivatePostgres() = default;

void PrivatePostgres::start() {
    const std::string data = folder_.path() / "data";
    server_ = std::make_unique<ChildProcess>(
        std::vector<std::string>{program_folder_ + "/postgres", "-D", data, "-k", folder_.path(), "-c",
                                 "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c",
                                 "max_connections=60", "-c", "shared_buffers=64MB"},
        account_, folder_.path() / "server.log");
    server_->stop_with(SIGINT);  // fast shutdown
    for (int tries = 0; tries < 600; ++tries) {
        if (PQping(connection().c_str()) == PQPING_OK) return;
        if (!server_->running()) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    throw std::runtime_error("the private PostgreSQL cluster does not start; see " +
                             (folder_.path() / "server.log").string());
}

void PrivatePostgres::crash() {
    server_->stop_with(SIGQUIT);  // no checkpoint, connections cut
    server_.reset();
}

std::string PrivatePostgres::connection(const std::string& database, const std::string& user) const {
    return "host=" + folder_.path().string() + " dbname=" + database + " user=" + user;
}

void PrivatePostgres::execute(const std::string& sql, const std::string& database) const {
    const Connection connection(this->connection(database));
    PGresult* const result = PQexec(connection.handle, sql.c_str());
    const ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        throw std::runtime_error(PQerrorMessage(connection.handle));
}

std::string PrivatePostgres::value(const std::string& sql, const std::string& database) const {
    const Connection connection(this->connection(database));
    PGresult* const result = PQexec(connection.handle, sql.c_str());
    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) == 0) {
        PQclear(result);
        throw std::runtime_error(std::string("no value: ") + PQerrorMessage(connection.handle));
    }
    std::string value = PQgetvalue(result, 0, 0);
    PQclear(result);
    return value;
}

std::string PrivatePostgres::new_database() {
    const std::string name = "test_" + std::to_string(++databases_);
    execute("CREATE DATABASE " + name);
    return name;
}

PrivatePostgres& PrivatePostgres::shared() {
    static PrivatePostgres instance;
    return instance;
}

}  // namespace caseweave::testing
