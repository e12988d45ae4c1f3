#include "load/loading_rights.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <string_view>
#include <vector>

#include "load/target.hpp"

namespace caseweave {

namespace {

constexpr std::string_view kOwnerRole = "caseweave_owner";

/// First server version that keeps becoming a role and using its rights apart in every grant.
constexpr int kGrantsWithOptions = 160000;

/// Collects what a login lacks, and what a superuser would run about it.
class Rights {
  public:
    explicit Rights(TargetConnection& login) : connection_(login) {
        const TargetResult row = login.execute(
            "SELECT session_user, current_database(), rolsuper, rolcreaterole OR rolsuper FROM pg_roles"
            " WHERE rolname = session_user");
        login_ = row.text(0, 0);
        database_ = row.text(0, 1);
        superuser_ = row.boolean(0, 2);
        makes_roles_ = row.boolean(0, 3);
    }

    bool exists(std::string_view role) const {
        return !connection_.query("SELECT FROM pg_roles WHERE rolname = $1", {role}).empty();
    }

    /// @param attributes what the role is made with where it does not exist. @param inherited tells whether the login
    /// uses the role's rights without becoming it.
    void need_role(std::string_view role, std::string_view attributes, bool inherited) {
        if (!exists(role)) {
            if (superuser_) return;  // the migration makes it
            lack(fmt::format("the role {}, which does not exist", role),
                 fmt::format("CREATE ROLE {} {}", role, attributes));
            grant(role);
            return;
        }
        const bool with_options = connection_.server_version() >= kGrantsWithOptions;
        if (!has_role(role, with_options ? "SET" : "MEMBER")) {
            lack(fmt::format("the right to become {}", role), {});
            grant(role);
        } else if (inherited && !has_role(role, "USAGE")) {
            lack(fmt::format("the use of the rights of {}", role), {});
            if (with_options)
                grant(role);
            else
                fixes_.push_back(fmt::format("ALTER ROLE {} INHERIT", quoted_login()));
        }
    }

    void need_loader_attributes() {
        const TargetResult row =
            connection_.query("SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = $1", {kLoaderRole});
        if (row.empty()) return;
        if (!row.boolean(0, 0))
            lack(fmt::format("a {} that row-level security does not bind", kLoaderRole),
                 fmt::format("ALTER ROLE {} BYPASSRLS", kLoaderRole));
        if (!may_in_database(kLoaderRole, "TEMPORARY"))
            lack(fmt::format("temporary tables for {} in the database {}", kLoaderRole, database_),
                 fmt::format("GRANT TEMPORARY ON DATABASE {} TO {}", TargetConnection::quote_identifier(database_),
                             kLoaderRole));
    }

    void need_to_make_schema() {
        need_role(kOwnerRole, "NOLOGIN", true);
        if (!may_in_database(login_, "CREATE"))
            lack(fmt::format("the right to create schemas in the database {}", database_),
                 fmt::format("GRANT CREATE ON DATABASE {} TO {}", TargetConnection::quote_identifier(database_),
                             quoted_login()));
        if (!makes_roles_)  // it makes readers, and grants roles to roles
            lack("the right to create roles and grant them", fmt::format("ALTER ROLE {} CREATEROLE", quoted_login()));
    }

    /// @throws Error(target) when something was lacking.
    void require() const {
        if (lacks_.empty()) return;
        throw Error(ErrorKind::target,
                    fmt::format("The login {} of the target ({}) lacks {}, which loading needs; a superuser grants it "
                                "with: {}.",
                                login_, connection_.place(), fmt::join(lacks_, ", and "), fmt::join(fixes_, "; ")));
    }

  private:
    void lack(std::string what, std::string fix) {
        lacks_.push_back(std::move(what));
        if (!fix.empty()) fixes_.push_back(std::move(fix));
    }
    void grant(std::string_view role) {
        fixes_.push_back(
            fmt::format("GRANT {} TO {}{}", role, quoted_login(),
                        connection_.server_version() >= kGrantsWithOptions ? " WITH INHERIT TRUE, SET TRUE" : ""));
    }
    bool has_role(std::string_view role, std::string_view privilege) const {
        return connection_.query("SELECT pg_has_role(session_user, $1::name, $2)", {role, privilege}).boolean(0, 0);
    }
    bool may_in_database(std::string_view role, std::string_view privilege) const {
        return connection_.query("SELECT has_database_privilege($1::name, current_database(), $2)", {role, privilege})
            .boolean(0, 0);
    }
    std::string quoted_login() const { return TargetConnection::quote_identifier(login_); }

    TargetConnection& connection_;
    std::string login_, database_;
    bool superuser_ = false, makes_roles_ = false;
    std::vector<std::string> lacks_, fixes_;
};

}  // namespace

SchemaState require_loading_rights(TargetConnection& login, const TargetDefinition& definition) {
    Rights rights(login);
    rights.need_role(kLoaderRole, "NOLOGIN BYPASSRLS", true);
    rights.need_role(kOrdinaryReaderRole, "NOLOGIN", false);
    rights.need_loader_attributes();
    if (!rights.exists(kOwnerRole)) rights.need_to_make_schema();
    rights.require();  // whoever is not of these roles may not even read which schema is there

    const SchemaState state = schema_state(login, definition);
    if (state == SchemaState::none) rights.need_to_make_schema();
    if (state == SchemaState::older) rights.need_role(kOwnerRole, "NOLOGIN", true);
    rights.require();
    return state;
}

}  // namespace caseweave
