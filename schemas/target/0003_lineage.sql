CREATE TABLE lineage.run (
    run_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text NOT NULL,                -- bulk, nightly, demo
    job          text NOT NULL,                -- name of the job file
    job_digest   text NOT NULL,                -- of its text, so that a resume with another job is noticed
    seed         bigint,
    program      text NOT NULL,                -- version that ran
    state        text NOT NULL DEFAULT 'running'
                 CHECK (state IN ('running', 'interrupted', 'failed', 'done')),
    exit_code    integer,
    phases       text[] NOT NULL DEFAULT '{}', -- stages that are complete, in order
    people_open  boolean NOT NULL DEFAULT false, -- source rows of sealed and restricted persons have been moved away
    holder       text NOT NULL,                -- user@host and process that runs it
    started_at   timestamptz NOT NULL DEFAULT now(),
    finished_at  timestamptz
);

-- One row a committed transaction: rows, counters and tallies are visible together or not at all.
CREATE TABLE lineage.batch (
    run_id         bigint NOT NULL REFERENCES lineage.run,
    batch_no       bigint NOT NULL,            -- from 1, in order of commit
    source_system  text NOT NULL,
    source_entity  text NOT NULL,
    counts         bigint[] NOT NULL,          -- in the order of lineage.balance
    tallies        text NOT NULL,              -- canonical entity, then segment:rows:digest ..., one entity a line
    committed_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run_id, batch_no)
);

CREATE TABLE lineage.checkpoint (
    run_id         bigint NOT NULL REFERENCES lineage.run,
    source_system  text NOT NULL,
    source_entity  text NOT NULL,
    pass           text NOT NULL,              -- people, cases
    position       text NOT NULL,              -- the source's own text; rows up to here are committed
    complete       boolean NOT NULL,           -- the source's end was reached
    PRIMARY KEY (run_id, source_system, source_entity, pass)
);

CREATE TABLE lineage.balance (
    run_id              bigint NOT NULL REFERENCES lineage.run,
    source_system       text NOT NULL,
    source_entity       text NOT NULL,
    read                bigint NOT NULL,
    placed              bigint NOT NULL,
    unchanged           bigint NOT NULL,
    duplicate_in_source bigint NOT NULL,
    quarantined         bigint NOT NULL,
    excluded            bigint NOT NULL,
    field_issues        bigint NOT NULL,
    emitted             bigint NOT NULL,
    inserted            bigint NOT NULL,
    updated             bigint NOT NULL,
    kept                bigint NOT NULL,       -- canonical rows that were there already, the same
    balanced            boolean NOT NULL,
    PRIMARY KEY (run_id, source_system, source_entity)
);

CREATE TABLE lineage.row_tally (
    run_id         bigint NOT NULL REFERENCES lineage.run,
    source_system  text NOT NULL,
    source_entity  text NOT NULL,
    entity         text NOT NULL,
    segment        smallint NOT NULL,
    rows           bigint NOT NULL,
    digest         text NOT NULL,              -- 32 hexadecimal digits: XXH3-128 of the rows, summed mod 2^128
    PRIMARY KEY (run_id, source_system, source_entity, entity, segment)
);

CREATE TABLE lineage.crosswalk (
    row_id            bigint GENERATED ALWAYS AS IDENTITY,
    person_id         bigint NOT NULL,
    area              smallint NOT NULL,
    access            smallint NOT NULL,
    run_id            bigint NOT NULL,
    source_system     text NOT NULL,
    source_person_key text NOT NULL,
    link_bits         double precision,        -- strength of the best link that holds the record in its cluster; NULL when alone
    link_reason       text                     -- what holds it: names of comparisons and rules, never values
);

-- Source rows of the people pass, as read.
CREATE TABLE lineage.source_row (
    run_id            bigint NOT NULL,
    area              smallint NOT NULL,
    access            smallint NOT NULL,
    source_system     text NOT NULL,
    source_entity     text NOT NULL,
    source_key        text NOT NULL,
    source_person_key text,
    position          text NOT NULL,
    row               text NOT NULL            -- JSON object: column -> text
);
CREATE TABLE sealed.source_row (LIKE lineage.source_row INCLUDING ALL);

CREATE TABLE lineage.quarantine (
    run_id            bigint NOT NULL,
    area              smallint NOT NULL,
    access            smallint NOT NULL,
    source_system     text NOT NULL,
    source_entity     text NOT NULL,
    source_key        text,
    position          text NOT NULL,
    reason            text NOT NULL,
    field             text,
    advice            text NOT NULL,
    raw               text NOT NULL
);

CREATE TABLE lineage.field_issue (
    run_id            bigint NOT NULL,
    area              smallint NOT NULL,
    access            smallint NOT NULL,
    source_system     text NOT NULL,
    source_entity     text NOT NULL,
    source_key        text NOT NULL,
    source_person_key text,
    position          text NOT NULL,
    field             text NOT NULL,
    rule              text NOT NULL,
    advice            text NOT NULL,
    raw_value         text NOT NULL
);

-- What happened to person ids: created, merged into another, split from another, retired.
CREATE TABLE lineage.identity_event (
    event_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id        bigint NOT NULL,
    happened_at   timestamptz NOT NULL DEFAULT now(),
    area          smallint NOT NULL,
    access        smallint NOT NULL,
    person_id     bigint NOT NULL,
    event         text NOT NULL CHECK (event IN ('created', 'merged_into', 'split_from', 'promoted', 'retired')),
    other_id      bigint,
    reason        text
);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['lineage.run', 'lineage.batch', 'lineage.checkpoint', 'lineage.balance', 'lineage.row_tally',
                                'lineage.crosswalk', 'lineage.source_row', 'lineage.quarantine', 'lineage.field_issue',
                                'lineage.identity_event', 'sealed.source_row'] LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO caseweave_owner', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO caseweave_loader', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['lineage.run', 'lineage.batch', 'lineage.checkpoint', 'lineage.balance', 'lineage.row_tally'] LOOP
        EXECUTE format('GRANT SELECT ON %s TO caseweave_auditor', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['lineage.run', 'lineage.balance'] LOOP
        EXECUTE format('GRANT SELECT ON %s TO caseweave_reader_social_care, caseweave_reader_education, caseweave_reader_youth_justice', name);
    END LOOP;
END
$$;

CALL integrated.protect('lineage.crosswalk');
CALL integrated.protect('lineage.source_row');
CALL integrated.protect('lineage.quarantine');
CALL integrated.protect('lineage.field_issue');
CALL integrated.protect('lineage.identity_event');

-- While people are read nobody knows yet who is restricted or sealed: rows of a run stay closed until it says so.
CREATE POLICY run_is_open ON lineage.source_row AS RESTRICTIVE FOR SELECT
    USING (run_id = ANY (ARRAY(SELECT r.run_id FROM lineage.run r WHERE r.people_open)));
CREATE POLICY run_is_open ON lineage.quarantine AS RESTRICTIVE FOR SELECT
    USING (run_id = ANY (ARRAY(SELECT r.run_id FROM lineage.run r WHERE r.people_open)));
CREATE POLICY run_is_open ON lineage.field_issue AS RESTRICTIVE FOR SELECT
    USING (run_id = ANY (ARRAY(SELECT r.run_id FROM lineage.run r WHERE r.people_open)));

GRANT SELECT ON sealed.source_row TO caseweave_sealed;
