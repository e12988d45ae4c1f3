-- Roles are cluster-wide: made where they are missing, left alone where they are there. They log in nowhere by
-- themselves except the loader; a DBA grants them to logins (a private cluster lets them log in by peer).
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['caseweave_owner', 'caseweave_reader_social_care', 'caseweave_reader_education',
                                  'caseweave_reader_youth_justice', 'caseweave_restricted', 'caseweave_sealed', 'caseweave_auditor'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
    END LOOP;
    -- COPY FROM refuses tables with row-level security unless the role is exempt, and only a superuser can exempt one.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'caseweave_loader') THEN
        CREATE ROLE caseweave_loader LOGIN BYPASSRLS;
    END IF;
END
$$;

CREATE SCHEMA IF NOT EXISTS integrated AUTHORIZATION caseweave_owner;
CREATE SCHEMA IF NOT EXISTS lineage AUTHORIZATION caseweave_owner;
CREATE SCHEMA IF NOT EXISTS sealed AUTHORIZATION caseweave_owner;
CREATE SCHEMA IF NOT EXISTS review AUTHORIZATION caseweave_owner;
CREATE SCHEMA IF NOT EXISTS audit AUTHORIZATION caseweave_owner;
CREATE SCHEMA IF NOT EXISTS ssd AUTHORIZATION caseweave_owner;

GRANT USAGE ON SCHEMA integrated, lineage, sealed, review, audit, ssd TO caseweave_loader;
GRANT USAGE ON SCHEMA integrated, lineage, review, audit, ssd
    TO caseweave_reader_social_care, caseweave_reader_education, caseweave_reader_youth_justice;
GRANT USAGE ON SCHEMA sealed TO caseweave_sealed;
GRANT USAGE ON SCHEMA lineage, audit TO caseweave_auditor;

CREATE TABLE lineage.schema_version (
    component  text NOT NULL,           -- 'step': a numbered file; 'canonical': the descriptors' tables; 'views'
    version    integer NOT NULL,
    name       text NOT NULL,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (component, version)
);
ALTER TABLE lineage.schema_version OWNER TO caseweave_owner;
GRANT SELECT ON lineage.schema_version TO caseweave_loader, caseweave_auditor,
    caseweave_reader_social_care, caseweave_reader_education, caseweave_reader_youth_justice;
