-- Pairs that are neither a link nor a non-link. Keys only: what is compared is looked up by who may see it.
CREATE TABLE review.pair (
    pair_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id       bigint NOT NULL,
    area         smallint NOT NULL,            -- areas of both records
    access       smallint NOT NULL,            -- access bits of both records
    shielded     boolean NOT NULL,             -- near a restricted record: for the safeguarding owner only
    left_system  text NOT NULL,
    left_key     text NOT NULL,
    right_system text NOT NULL,
    right_key    text NOT NULL,
    weight_bits  double precision NOT NULL,
    probability  double precision NOT NULL,
    reason       text NOT NULL                 -- rule or band that sent it here, never values
);

-- A reviewer's decision is keyed on source ids: it outlives every later run.
CREATE TABLE review.decision (
    decision_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    area         smallint NOT NULL,
    access       smallint NOT NULL,
    left_system  text NOT NULL,
    left_key     text NOT NULL,
    right_system text NOT NULL,
    right_key    text NOT NULL,
    verdict      text NOT NULL CHECK (verdict IN ('same', 'different')),
    reason       text NOT NULL,
    decided_by   text NOT NULL DEFAULT session_user,
    decided_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (left_system, left_key, right_system, right_key)
);

CREATE TABLE audit.access_log (
    log_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    happened_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    login         text NOT NULL DEFAULT session_user,
    role          text NOT NULL,
    os_user       text NOT NULL,
    command       text NOT NULL,
    purpose       text NOT NULL,
    asked_for     text NOT NULL,               -- what was asked, as typed
    found         boolean NOT NULL
);

ALTER TABLE review.pair OWNER TO caseweave_owner;
ALTER TABLE review.decision OWNER TO caseweave_owner;
ALTER TABLE audit.access_log OWNER TO caseweave_owner;
GRANT SELECT, INSERT, UPDATE, DELETE ON review.pair, review.decision TO caseweave_loader;
GRANT SELECT ON audit.access_log TO caseweave_auditor;

-- A pair shows two records: the reader must be allowed both, all access bits and all areas.
ALTER TABLE review.pair ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON review.pair FOR SELECT USING (
    (access & ~(SELECT integrated.access_clearance())) = 0 AND (area & ~(SELECT integrated.service_areas())) = 0
    AND (NOT shielded OR ((SELECT integrated.access_clearance()) & 1) = 1));
ALTER TABLE review.decision ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON review.decision FOR SELECT USING (
    (access & ~(SELECT integrated.access_clearance())) = 0 AND (area & ~(SELECT integrated.service_areas())) = 0);
GRANT SELECT ON review.pair, review.decision
    TO caseweave_reader_social_care, caseweave_reader_education, caseweave_reader_youth_justice;

-- The only way into the log: readers can add to it, and neither read nor change it.
CREATE FUNCTION audit.record_access(asking_role text, os_user text, command text, purpose text, asked_for text, found boolean)
    RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        INSERT INTO audit.access_log (role, os_user, command, purpose, asked_for, found)
        VALUES (asking_role, os_user, command, purpose, asked_for, found) RETURNING log_id
    $$;
ALTER FUNCTION audit.record_access(text, text, text, text, text, boolean) OWNER TO caseweave_owner;
REVOKE ALL ON FUNCTION audit.record_access(text, text, text, text, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.record_access(text, text, text, text, text, boolean) TO caseweave_loader,
    caseweave_reader_social_care, caseweave_reader_education, caseweave_reader_youth_justice;
