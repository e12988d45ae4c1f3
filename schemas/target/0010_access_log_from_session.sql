-- The log took the role from its caller, who could name any. Now it takes who looked from the session itself: the
-- login, the role in effect (SET ROLE, or else the login), and every role of ours that the login holds and could have
-- taken. The purpose, the command and the name of the account on the caller's machine stay what the caller says.
ALTER TABLE audit.access_log ADD COLUMN roles text[];  -- NULL in rows of before, whose role is what the caller named

DROP FUNCTION audit.record_access(text, text, text, text, text, boolean);
CREATE FUNCTION audit.record_access(os_user text, command text, purpose text, asked_for text, found boolean)
    RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        -- current_user is this function's owner here; the setting still says what the session has taken.
        INSERT INTO audit.access_log (login, role, roles, os_user, command, purpose, asked_for, found)
        VALUES (session_user, coalesce(nullif(current_setting('role'), 'none'), session_user),
                ARRAY(SELECT rolname::text FROM pg_roles
                      WHERE rolname LIKE 'caseweave\_%' AND pg_has_role(session_user, oid, 'member') ORDER BY 1),
                os_user, command, purpose, asked_for, found) RETURNING log_id
    $$;
ALTER FUNCTION audit.record_access(text, text, text, text, boolean) OWNER TO caseweave_owner;
REVOKE ALL ON FUNCTION audit.record_access(text, text, text, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.record_access(text, text, text, text, boolean) TO caseweave_loader,
    caseweave_reader_social_care, caseweave_reader_education, caseweave_reader_youth_justice;
