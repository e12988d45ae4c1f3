#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "connectors/transports/postgres.hpp"
#include "core/error.hpp"
#include "settings/connection_string.hpp"
#include "support/source_reading.hpp"
#include "support/temporary_folder.hpp"

namespace caseweave {
namespace {

/// Makes the transport as a job would, and asks for the server. @return the message.
std::string refusal(const std::string& settings) {
    const ConnectorDefinition connector = testing::make_connector(testing::make_entity("child", {"ID"}));
    try {
        make_postgres_transport({connector, TomlTable::parse(settings, "job.toml"),
                                 [](std::string_view) { return std::string("secret word"); }})
            ->check_reachable();
    } catch (const SettingsError& error) {
        return error.what();
    }
    return "";
}

TEST(PostgresSettings, AWrongConnectionIsToldAtItsPlace) {
    EXPECT_EQ(refusal("connection = \"host=db sslrotcert=/etc/ca.pem\""),
              "job.toml:1:14: libpq knows no connection option \"sslrotcert\"; did you mean \"sslrootcert\"?");
    for (const char* connection : {"host=db password=x", "host=db sslpassword=x", "postgresql://reader:x@db/records"}) {
        EXPECT_EQ(refusal("connection = \"" + std::string(connection) + "\"")
                      .find("job.toml:1:14: a password does not stand in a connection"),
                  0U)
            << connection;
    }
}

TEST(PostgresSettings, AServiceThatIsNotThereIsNamed) {
    const testing::TemporaryFolder folder;
    ::setenv("PGSERVICEFILE", folder.write("services", "[records]\nhost=/nonexistent\n").c_str(), 1);
    EXPECT_EQ(refusal("service = \"recrods\"\n").find("job.toml:1:11: definition of service \"recrods\" not found"), 0U)
        << refusal("service = \"recrods\"\n");
    EXPECT_EQ(refusal("connection = \"service=recrods\"\n").find("job.toml:1:14: definition of service"), 0U);
    ::setenv("PGSERVICEFILE", (folder.path() / "none").c_str(), 1);
    EXPECT_NE(refusal("service = \"records\"\n").find("none\" not found"), std::string::npos);
    ::unsetenv("PGSERVICEFILE");
}

TEST(PostgresSettings, EveryConnectionThatShipsIsOneTheInstalledLibpqTakes) {
    constexpr int kFirstWithSystemRoots = 160000;
    int connections = 0;
    for (const auto& file : std::filesystem::directory_iterator(CASEWEAVE_SOURCE_DIR "/config")) {
        if (file.path().extension() != ".toml") continue;
        const TomlTable systems = TomlTable::parse_file(file.path()).table("system");
        for (const std::string& system : systems.keys()) {
            const ConnectorDefinition connector =
                ConnectorDefinition::load(std::filesystem::path(CASEWEAVE_SOURCE_DIR "/connectors") / system);
            const std::string given = systems.table(system).table("transport").string("connection", "");
            if (connector.transport != "postgres" || given.starts_with("${")) continue;
            SCOPED_TRACE(file.path().string() + ": " + system);
            const ConnectionString connection = parse_connection_string(given);
            EXPECT_EQ(connection.fault, "");
            for (const auto& [keyword, value] : connection.keywords) {
                EXPECT_FALSE(keyword == "sslrootcert" && value == "system" && PQlibVersion() < kFirstWithSystemRoots)
                    << "this libpq takes it for the name of a file";
            }
            ++connections;
        }
    }
    EXPECT_GE(connections, 3) << "the test reads the wrong folder";
}

}  // namespace
}  // namespace caseweave
