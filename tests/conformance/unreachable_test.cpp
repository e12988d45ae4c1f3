#include <filesystem>
#include <map>

#include "conformance/connector_conformance.hpp"
#include "support/private_postgres.hpp"
#include "support/temporary_folder.hpp"
#include "support/tls_server.hpp"

namespace caseweave::conformance {

namespace {

/// What goes wrong on the way to a system, by transport; the transports are tested in depth elsewhere.
struct Trouble {
    std::string what;
    ErrorKind kind;
    StagedSource staged;
    std::shared_ptr<void> keeps = nullptr;
};

/// A role that must give a password.
std::string role_with_password() {
    static const std::string role = [] {
        testing::PrivatePostgres::shared().execute(
            "CREATE ROLE conformance_reader LOGIN PASSWORD 'right' IN ROLE password_roles");
        return std::string("conformance_reader");
    }();
    return role;
}

std::vector<Trouble> troubles(const std::string& transport, const SourceData& data) {
    std::vector<Trouble> list;
    const auto add = [&](const std::string& what, ErrorKind kind, const std::string& settings) {
        Trouble& trouble = list.emplace_back(Trouble{what, kind, {}});
        trouble.staged.settings = settings;
        trouble.staged.secret = "wrong-but-secret-7c1d";
    };
    const auto folder = std::make_shared<testing::TemporaryFolder>();
    const std::string nowhere = (folder->path() / "nowhere").string();
    if (transport == "odbc") {
        add("no database", ErrorKind::unavailable, "connection = \"Driver=SQLite3;Database=" + nowhere + "\"\n");
        add("no driver", ErrorKind::source, "connection = \"Driver=NoSuchDriver;Database=" + nowhere + "\"\n");
        const std::string server = testing::PrivatePostgres::shared().socket_folder().string();
        add("wrong password", ErrorKind::source,
            "connection = \"Driver=PostgreSQL Unicode;Servername=" + server + ";Database=postgres\"\nuser = \"" +
                role_with_password() + "\"\n");
    } else if (transport == "postgres") {
        const testing::PrivatePostgres& server = testing::PrivatePostgres::shared();
        add("no server", ErrorKind::unavailable, "connection = \"host=" + nowhere + " dbname=x\"\n");
        add("no database", ErrorKind::source, "connection = \"" + server.connection("no_such_database") + "\"\n");
        add("wrong password", ErrorKind::source,
            "connection = \"" + server.connection("postgres", role_with_password()) + "\"\nuse_password = true\n");
    } else if (transport == "https") {
        const std::string once = "attempts = 1\nretry_budget_seconds = 0\n";
        const auto staged = data.stage();
        add("wrong secret", ErrorKind::source, staged->settings + once);
        list.back().keeps = staged->owned.front();
        std::string other_authority = staged->settings + once;
        const auto authority = std::make_shared<testing::TestAuthority>();
        const std::size_t at = other_authority.find("ca_file = \"") + 11;
        other_authority.replace(at, other_authority.find('"', at) - at, authority->ca_file());
        add("wrong authority", ErrorKind::source, other_authority);
        list.back().keeps = authority;
        list.back().staged.owned = staged->owned;
        add("no server", ErrorKind::unavailable, data.stage()->settings + once);  // gone again at once
    } else if (transport == "file_drop") {
        add("no folder", ErrorKind::unavailable, "folder = \"" + nowhere + "\"\n");
    }
    for (Trouble& trouble : list) trouble.staged.owned.push_back(folder);
    return list;
}

TEST_P(ConnectorConformance, SaysInOneSentenceWhyItCannotBeReached) {
    const auto data = test_data();
    const auto list = troubles(definition().transport, *data);
    ASSERT_FALSE(list.empty()) << "the conformance test knows no trouble of transport " << definition().transport;
    std::string names;
    for (const Trouble& trouble : list) {
        SCOPED_TRACE(trouble.what);
        const auto connector = trouble.staged.connect(shared_definition());
        const auto error = expect_error([&] { (void)connector->check(LookInto::records); }, definition().name);
        if (error == nullptr) continue;
        const std::string words = error->what();
        EXPECT_EQ(error->kind(), trouble.kind) << words;
        EXPECT_EQ(words.find(trouble.staged.secret), std::string::npos) << "the secret stands in the message";
        EXPECT_EQ(words.find('\n'), std::string::npos) << words;
        EXPECT_LT(words.size(), 400U) << words;
        EXPECT_NE(words.find(';'), std::string::npos) << "says nothing about what to try: " << words;
        names += (names.empty() ? "" : ", ") + trouble.what;
    }
    cover("unreachable: " + names);
}

}  // namespace

}  // namespace caseweave::conformance
