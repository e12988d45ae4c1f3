-- What row-level security asks looked its names up in the search path of whoever asked: a reader who may create a
-- function somewhere could answer in its place. These bodies are bound to what they name when they are made, and are
-- inlined as before, which a function with a path of its own is not.
CREATE OR REPLACE FUNCTION integrated.access_clearance() RETURNS smallint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ((CASE WHEN pg_catalog.pg_has_role(current_user, 'caseweave_restricted', 'usage') THEN 1 ELSE 0 END)
              OPERATOR(pg_catalog.|)
            (CASE WHEN pg_catalog.pg_has_role(current_user, 'caseweave_sealed', 'usage') THEN 2 ELSE 0 END))
           ::pg_catalog.int2;

CREATE OR REPLACE FUNCTION integrated.service_areas() RETURNS smallint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ((CASE WHEN pg_catalog.pg_has_role(current_user, 'caseweave_reader_social_care', 'usage') THEN 1 ELSE 0 END)
              OPERATOR(pg_catalog.|)
            (CASE WHEN pg_catalog.pg_has_role(current_user, 'caseweave_reader_education', 'usage') THEN 2 ELSE 0 END)
              OPERATOR(pg_catalog.|)
            (CASE WHEN pg_catalog.pg_has_role(current_user, 'caseweave_reader_youth_justice', 'usage') THEN 4 ELSE 0 END))
           ::pg_catalog.int2;

-- What migrations call, with the rights of whoever migrates.
ALTER PROCEDURE integrated.protect(regclass, text[]) SET search_path = pg_catalog, pg_temp;
ALTER PROCEDURE lineage.keep_history_of(regclass) SET search_path = pg_catalog, pg_temp;

-- A database made before PostgreSQL 15 lets every login create in `public`. Whose schema it is not leaves it as it is.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'public' AND pg_has_role(nspowner, 'usage')) THEN
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    END IF;
END
$$;
