-- What the asking role is cleared for. Policies call these as (SELECT ...), which the planner evaluates once a query;
-- a call per row, or a policy that looks at another table with a policy, is ten times dearer.
CREATE FUNCTION integrated.access_clearance() RETURNS smallint
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT ((CASE WHEN pg_has_role(current_user, 'caseweave_restricted', 'usage') THEN 1 ELSE 0 END)
              | (CASE WHEN pg_has_role(current_user, 'caseweave_sealed', 'usage') THEN 2 ELSE 0 END))::smallint
    $$;

CREATE FUNCTION integrated.service_areas() RETURNS smallint
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT ((CASE WHEN pg_has_role(current_user, 'caseweave_reader_social_care', 'usage') THEN 1 ELSE 0 END)
              | (CASE WHEN pg_has_role(current_user, 'caseweave_reader_education', 'usage') THEN 2 ELSE 0 END)
              | (CASE WHEN pg_has_role(current_user, 'caseweave_reader_youth_justice', 'usage') THEN 4 ELSE 0 END))::smallint
    $$;

ALTER FUNCTION integrated.access_clearance() OWNER TO caseweave_owner;
ALTER FUNCTION integrated.service_areas() OWNER TO caseweave_owner;

-- Puts the policy on a table that has `area` and `access`, and lets the readers select from it.
CREATE PROCEDURE integrated.protect(target regclass)
    LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('DROP POLICY IF EXISTS visible ON %s', target);
    EXECUTE format('CREATE POLICY visible ON %s FOR SELECT USING ('
                   '(access & ~(SELECT integrated.access_clearance())) = 0 AND '
                   '(area & (SELECT integrated.service_areas())) <> 0)', target);
    EXECUTE format('GRANT SELECT ON %s TO caseweave_reader_social_care, caseweave_reader_education, '
                   'caseweave_reader_youth_justice', target);
END
$$;
ALTER PROCEDURE integrated.protect(regclass) OWNER TO caseweave_owner;
REVOKE ALL ON PROCEDURE integrated.protect(regclass) FROM PUBLIC;
