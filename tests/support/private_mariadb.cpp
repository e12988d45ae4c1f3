#include "support/private_mariadb.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

namespace caseweave::testing {

PrivateMariadb::PrivateMariadb() : account_(Account::for_server("mysql")) {
    account_.own(folder_.path());
    const std::string data = folder_.path() / "data";
    run_command({"/usr/bin/mariadb-install-db", "--no-defaults", "--datadir=" + data,
                 "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"},
                account_, folder_.path() / "install.log");
    server_ = std::make_unique<ChildProcess>(
        std::vector<std::string>{"/usr/sbin/mariadbd", "--no-defaults", "--datadir=" + data, "--socket=" + socket(),
                                 "--skip-networking", "--pid-file=" + (folder_.path() / "pid").string(),
                                 "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M",
                                 "--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci",
                                 "--lc-messages-dir=/usr/share/mysql"},
        account_, folder_.path() / "server.log");
    for (int tries = 0; tries < 1200 && server_->running(); ++tries) {
        // The client, not mariadb-admin: that one moved between Debian's packages.
        ChildProcess ping({"/usr/bin/mariadb", "--no-defaults", "--socket=" + socket(), "-u", "root", "-e", "SELECT 1"},
                          {}, folder_.path() / "ping.log");
        if (ping.wait() == 0) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    throw std::runtime_error("the private MariaDB server does not start; see " +
                             (folder_.path() / "server.log").string());
}

PrivateMariadb::~PrivateMariadb() = default;

std::string PrivateMariadb::odbc_connection(const std::string& database) const {
    return "Driver=MariaDB Unicode;Socket=" + socket() + ";Database=" + database;
}

void PrivateMariadb::execute(const std::string& sql) const {
    const std::filesystem::path log = folder_.path() / "client.log";
    std::filesystem::remove(log);
    run_command(
        {"/usr/bin/mariadb", "--no-defaults", "--default-character-set=utf8mb4", "--socket=" + socket(), "-u", "root"},
        {}, log, sql);
}

std::string PrivateMariadb::new_database() {
    const std::string name = "test_" + std::to_string(++databases_);
    execute("CREATE DATABASE " + name + " CHARACTER SET utf8mb4;");
    return name;
}

PrivateMariadb& PrivateMariadb::shared() {
    static PrivateMariadb instance;
    return instance;
}

}  // namespace caseweave::testing
