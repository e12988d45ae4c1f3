-- What a record said on a day is asked person by person of the kept versions.
CREATE INDEX row_history_by_person ON lineage.row_history
    (table_name, (coalesce(row ->> 'child_id', row ->> 'person_id')));
CREATE INDEX row_history_by_row ON lineage.row_history (table_name, (row ->> 'row_id'));
CREATE INDEX row_history_by_source_key ON lineage.row_history (table_name, source_system, (row ->> 'source_key'));

-- What a record needs now: its person's clearance, or, of a record that is gone, all that it ever needed. An older version
-- of anything of it is told to nobody who is not cleared for that.
CREATE FUNCTION lineage.access_now(system text, key text) RETURNS smallint
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT coalesce((SELECT bit_or(c.access) FROM lineage.crosswalk c
                         WHERE c.source_system = system AND c.source_person_key = key),
                        (SELECT bit_or((h.row ->> 'access')::smallint) FROM lineage.row_history h
                         WHERE h.table_name = 'lineage.crosswalk' AND h.source_system = system
                           AND h.source_person_key = key),
                        0::smallint)
    $$;
ALTER FUNCTION lineage.access_now(text, text) OWNER TO caseweave_owner;
REVOKE ALL ON FUNCTION lineage.access_now(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lineage.access_now(text, text) TO caseweave_loader;
