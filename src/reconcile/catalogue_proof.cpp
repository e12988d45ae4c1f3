#include "reconcile/catalogue_proof.hpp"

#include <algorithm>
#include <iterator>

#include "core/error.hpp"

namespace caseweave {

namespace {

/// Relations are those of the target's schemas, and views elsewhere that show what the owner sees. A superuser may do
/// everything without a grant, and his name is each server's own.
constexpr std::string_view kProtection = R"sql(
WITH relation AS (
    SELECT c.oid, c.relowner, c.relacl, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.reloptions,
           format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND (n.nspname IN ('integrated', 'lineage', 'sealed', 'review', 'audit', 'ssd')
           OR (c.relkind IN ('v', 'm') AND c.relowner = (SELECT oid FROM pg_roles WHERE rolname = 'caseweave_owner')))),
routine AS (
    SELECT p.*, format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS name
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname IN ('integrated', 'lineage', 'sealed', 'review', 'audit', 'ssd')),
role AS (
    SELECT oid, quote_ident(rolname) AS name, rolsuper, rolbypassrls,
           rolname IN ('caseweave_owner', 'caseweave_loader', 'caseweave_reader_social_care', 'caseweave_reader_education',
                       'caseweave_reader_youth_justice', 'caseweave_restricted', 'caseweave_sealed', 'caseweave_auditor',
                       'caseweave_data_quality', 'caseweave_safeguarding', 'caseweave_adoption_officer') AS ours
    FROM pg_roles UNION ALL SELECT 0, 'PUBLIC', false, false, false)
SELECT format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name) FROM relation WHERE relrowsecurity
UNION ALL
SELECT format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name) FROM relation WHERE relforcerowsecurity
UNION ALL
SELECT format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s', p.polname, r.name,
              CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
              CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
                            ELSE 'ALL' END,
              (SELECT string_agg(w.name, ', ' ORDER BY w.name) FROM role w WHERE w.oid = ANY (p.polroles)),
              ' USING (' || regexp_replace(pg_get_expr(p.polqual, p.polrelid), '\s+', ' ', 'g') || ')',
              ' WITH CHECK (' || regexp_replace(pg_get_expr(p.polwithcheck, p.polrelid), '\s+', ' ', 'g') || ')')
    FROM pg_policy p JOIN relation r ON r.oid = p.polrelid
UNION ALL
SELECT format('CREATE %s %s%s', CASE r.relkind WHEN 'v' THEN 'VIEW' ELSE 'MATERIALIZED VIEW' END, r.name,
              ' WITH (' || array_to_string(r.reloptions, ', ') || ')')
    FROM relation r WHERE r.relkind IN ('v', 'm')
UNION ALL
SELECT format('ALTER TABLE %s OWNER TO %s', r.name, w.name)
    FROM relation r JOIN role w ON w.oid = r.relowner WHERE w.name <> 'caseweave_owner' AND NOT w.rolsuper
UNION ALL
SELECT format('GRANT %s ON %s TO %s%s', string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type), r.name, w.name,
              CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END)
    FROM relation r, aclexplode(r.relacl) a JOIN role w ON w.oid = a.grantee
    WHERE a.grantee <> r.relowner AND NOT w.rolsuper GROUP BY r.name, w.name, a.is_grantable
UNION ALL
SELECT format('GRANT %s (%s) ON %s TO %s%s', privilege_type, string_agg(column_name, ', ' ORDER BY column_name COLLATE "C"),
              table_name, role_name, CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END)
    FROM (SELECT a.privilege_type, quote_ident(c.attname) AS column_name, r.name AS table_name, w.name AS role_name,
                 a.is_grantable
          FROM relation r JOIN pg_attribute c ON c.attrelid = r.oid AND NOT c.attisdropped, aclexplode(c.attacl) a
          JOIN role w ON w.oid = a.grantee WHERE a.grantee <> r.relowner AND NOT w.rolsuper) g
    GROUP BY privilege_type, table_name, role_name, is_grantable
UNION ALL
SELECT format('GRANT %s ON SCHEMA %I TO %s', string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type), n.nspname, w.name)
    FROM pg_namespace n, aclexplode(n.nspacl) a JOIN role w ON w.oid = a.grantee
    WHERE n.nspname IN ('integrated', 'lineage', 'sealed', 'review', 'audit', 'ssd') AND a.grantee <> n.nspowner
      AND NOT w.rolsuper GROUP BY n.nspname, w.name
UNION ALL
SELECT format('GRANT EXECUTE ON ROUTINE %s TO %s', r.name, w.name)
    FROM routine r, aclexplode(coalesce(r.proacl, acldefault('f', r.proowner))) a JOIN role w ON w.oid = a.grantee
    WHERE a.grantee <> r.proowner AND NOT w.rolsuper
UNION ALL
SELECT format('CREATE ROUTINE %s SECURITY %s%s; its text has the MD5 %s', r.name,
              CASE WHEN r.prosecdef THEN 'DEFINER' ELSE 'INVOKER' END, ' SET ' || array_to_string(r.proconfig, ', '),
              md5(coalesce(pg_get_function_sqlbody(r.oid), r.prosrc)))
    FROM routine r
UNION ALL
SELECT format('ALTER ROLE %s %s', name, CASE WHEN rolsuper THEN 'SUPERUSER' ELSE 'BYPASSRLS' END)
    FROM role WHERE ours AND (rolsuper OR rolbypassrls)
UNION ALL
SELECT format('GRANT %s TO %s', held.name, holder.name)
    FROM pg_auth_members m JOIN role held ON held.oid = m.roleid JOIN role holder ON holder.oid = m.member
    WHERE held.ours AND holder.ours
)sql";

/// Gives the views that a script makes: name, and what stands behind it in its statement.
std::vector<std::pair<std::string, std::string>> views_of(std::string_view sql) {
    constexpr std::string_view kCreate = "CREATE VIEW ";
    std::vector<std::pair<std::string, std::string>> views;
    for (std::size_t begin = 0; begin < sql.size();) {
        const std::size_t end = std::min(sql.find(";\n", begin), sql.size());
        std::string_view statement = sql.substr(begin, end - begin);
        begin = end + 2;
        if (!statement.starts_with(kCreate)) continue;
        statement.remove_prefix(kCreate.size());
        const std::size_t blank = statement.find(' ');
        views.emplace_back(statement.substr(0, blank), statement.substr(blank));
    }
    return views;
}

/// Tells whether a view of the target is what its statement makes.
bool is_made_of(TargetConnection& connection, const std::string& name, const std::string& statement) {
    try {
        const PassingTransaction trial(connection);
        connection.execute("CREATE TEMPORARY VIEW made_anew" + statement);
        return connection
            .query("SELECT pg_get_viewdef(to_regclass($1)) = pg_get_viewdef('pg_temp.made_anew'::regclass)", {name})
            .boolean(0, 0);
    } catch (const Error&) {
        if (connection.broken()) throw;
        return false;  // what it is made of is not there
    }
}

}  // namespace

std::vector<std::string> read_protection(TargetConnection& connection) {
    const TargetResult rows = connection.execute(std::string(kProtection));
    std::vector<std::string> statements;
    for (std::size_t i = 0; i < rows.rows(); ++i) statements.emplace_back(rows.text(i, 0));
    std::ranges::sort(statements);
    return statements;
}

std::vector<std::string> find_unlike_protection(TargetConnection& connection, const std::vector<std::string>& expected,
                                                std::string_view views_sql) {
    std::vector<std::string> wanted = expected;
    std::ranges::sort(wanted);
    const std::vector<std::string> found = read_protection(connection);
    std::vector<std::string> missing;
    std::vector<std::string> added;
    std::ranges::set_difference(wanted, found, std::back_inserter(missing));
    std::ranges::set_difference(found, wanted, std::back_inserter(added));
    std::vector<std::string> differences;
    for (const std::string& statement : missing) {
        differences.push_back(
            "protection was taken from the target; as caseweave_owner or a superuser make it so again: " + statement);
    }
    for (const std::string& statement : added) {
        differences.push_back(
            "the target has what no migration gave it; as caseweave_owner or a superuser take it back: " + statement);
    }
    for (const auto& [name, statement] : views_of(views_sql)) {
        if (is_made_of(connection, name, statement)) continue;
        std::string shown = name;
        std::erase(shown, '"');
        differences.push_back("the view " + shown +
                              " is not what this program makes; all views are made anew by DELETE FROM"
                              " lineage.schema_version WHERE component = 'views' and then caseweave target");
    }
    return differences;
}

}  // namespace caseweave
