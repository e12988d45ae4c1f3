-- Keeps every version of a row that a later run replaced or took away, so that "what did the record say on this date,
-- and from where" has an answer and a run can be undone. One table for all: a row stands here as it stood there. Only
-- the loader reads it; whoever may see a version is decided by what its person needs now.
CREATE TABLE lineage.row_history (
    history_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_name        text NOT NULL,               -- with its schema: integrated.referral
    source_system     text,
    source_person_key text,
    from_run          bigint NOT NULL,             -- run that wrote the version
    to_run            bigint,                      -- run that replaced it or took it away; NULL: someone did by hand
    replaced_at       timestamptz NOT NULL DEFAULT now(),
    row               jsonb NOT NULL
);
CREATE INDEX row_history_by_run ON lineage.row_history (to_run);
CREATE INDEX row_history_by_person_key ON lineage.row_history (source_system, source_person_key);
ALTER TABLE lineage.row_history OWNER TO caseweave_owner;
GRANT SELECT ON lineage.row_history TO caseweave_loader;

-- A run says who it is with SET LOCAL caseweave.run. What it has written itself has been nobody's answer yet, and is not
-- kept when the same run writes it again.
CREATE FUNCTION lineage.keep_deleted() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    this_run constant bigint := nullif(current_setting('caseweave.run', true), '')::bigint;
BEGIN
    INSERT INTO lineage.row_history (table_name, source_system, source_person_key, from_run, to_run, row)
        SELECT format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME), v.row ->> 'source_system', v.row ->> 'source_person_key',
               (v.row ->> 'run_id')::bigint, this_run, v.row
        FROM (SELECT to_jsonb(g) AS row FROM gone g) v
        WHERE (v.row ->> 'run_id')::bigint IS DISTINCT FROM this_run;
    RETURN NULL;
END
$$;
ALTER FUNCTION lineage.keep_deleted() OWNER TO caseweave_owner;

CREATE FUNCTION lineage.keep_replaced() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    old_row constant jsonb := to_jsonb(OLD);
BEGIN
    INSERT INTO lineage.row_history (table_name, source_system, source_person_key, from_run, to_run, row)
        VALUES (format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME), old_row ->> 'source_system',
                old_row ->> 'source_person_key', OLD.run_id,
                nullif(current_setting('caseweave.run', true), '')::bigint, old_row);
    RETURN NULL;
END
$$;
ALTER FUNCTION lineage.keep_replaced() OWNER TO caseweave_owner;

-- Makes a table keep its history. Inserts, which is all that bulk does, cost nothing.
CREATE PROCEDURE lineage.keep_history_of(target regclass)
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- A run's update that leaves the row with the run that wrote it makes no version: a pair that is answered.
    EXECUTE format('CREATE OR REPLACE TRIGGER keep_replaced AFTER UPDATE ON %s FOR EACH ROW '
                   'WHEN (OLD.run_id <> NEW.run_id OR coalesce(current_setting(''caseweave.run'', true), '''') = '''') '
                   'EXECUTE FUNCTION lineage.keep_replaced()', target);
    EXECUTE format('CREATE OR REPLACE TRIGGER keep_deleted AFTER DELETE ON %s REFERENCING OLD TABLE AS gone '
                   'FOR EACH STATEMENT EXECUTE FUNCTION lineage.keep_deleted()', target);
END
$$;
ALTER PROCEDURE lineage.keep_history_of(regclass) OWNER TO caseweave_owner;

DO $$
DECLARE
    kept regclass;
BEGIN
    FOR kept IN SELECT c.oid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                WHERE c.relnamespace IN ('integrated'::regnamespace, 'lineage'::regnamespace, 'sealed'::regnamespace,
                                         'review'::regnamespace)
                  AND c.relkind = 'r' AND a.attname = 'run_id' AND NOT a.attisdropped
                  AND c.oid::regclass::text NOT IN ('lineage.run', 'lineage.batch', 'lineage.checkpoint', 'lineage.balance',
                                                    'lineage.row_tally', 'lineage.identity_event', 'lineage.record_move')
    LOOP
        CALL lineage.keep_history_of(kept);
    END LOOP;
END
$$;

-- Rows that a source no longer gives, and the run that undid another.
ALTER TABLE lineage.balance ADD COLUMN deleted bigint NOT NULL DEFAULT 0;
ALTER TABLE lineage.run
    ADD COLUMN undoes bigint UNIQUE REFERENCES lineage.run, -- the run whose work this one took back
    ADD COLUMN actor  text,                                 -- who asked for it, as they gave their name
    ADD COLUMN reason text;
ALTER TABLE lineage.identity_event
    DROP CONSTRAINT identity_event_event_check,
    ADD CONSTRAINT identity_event_event_check CHECK (event IN (
        'created', 'grown', 'shrunk', 'merged_into', 'split_from', 'promoted', 'retired', 'restored'));
