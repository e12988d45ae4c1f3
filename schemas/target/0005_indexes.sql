-- Builds what bulk leaves out while it loads: the loader may ask for it, the owner does it. Which indexes a table gets
-- follows from its columns. The source reference is not unique on purpose: a row loaded twice is for reconciliation to
-- find and name, and a unique index would end the run before it could.
CREATE PROCEDURE integrated.build_indexes(target regclass)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    folder text;
    tab text;
    col text;
BEGIN
    SELECT n.nspname, c.relname INTO folder, tab
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = target AND n.nspname IN ('integrated', 'lineage', 'sealed');
    IF folder IS NULL THEN
        RAISE EXCEPTION 'not a table of the target';
    END IF;
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = target AND attname = 'row_id')
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = target AND contype = 'p') THEN
        EXECUTE format('ALTER TABLE %s ADD PRIMARY KEY (row_id)', target);
    END IF;
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = target AND attname = 'source_key') THEN
        EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON %s (source_system, source_key)', tab || '_by_source_key', target);
    END IF;
    IF folder || '.' || tab IN ('lineage.crosswalk', 'lineage.person_record', 'lineage.source_row', 'sealed.source_row') THEN
        EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON %s (source_system, source_person_key)', tab || '_by_person_key', target);
    END IF;
    FOR col IN SELECT attname FROM pg_attribute
               WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND atttypid = 'bigint'::regtype
                 AND attname LIKE '%\_id' AND attname NOT IN ('row_id', 'run_id') ORDER BY attnum LOOP
        EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON %s (%I)', tab || '_by_' || col, target, col);
    END LOOP;
    EXECUTE format('ANALYZE %s', target);
END
$$;
ALTER PROCEDURE integrated.build_indexes(regclass) OWNER TO caseweave_owner;
REVOKE ALL ON PROCEDURE integrated.build_indexes(regclass) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE integrated.build_indexes(regclass) TO caseweave_loader;
