-- A rejected row whose person nobody knows can be anyone's, a sealed child's too; but its text was shown to whoever is
-- cleared for restricted records alone. Now its text and its keys have access bits of their own, and are read through
-- the view lineage.quarantine_visible: where the row stands and what to do about it stay for whoever may see the row.
-- What a migration changes is no version of a row that a run replaced.
ALTER TABLE lineage.quarantine ADD COLUMN raw_access smallint, DISABLE TRIGGER USER;
UPDATE lineage.quarantine q SET raw_access = q.access | CASE WHEN q.reason IN ('orphan_parent', 'key_conflict')
    AND EXISTS (SELECT FROM lineage.crosswalk c WHERE c.source_system = q.source_system
                AND c.source_person_key = coalesce(q.source_person_key, split_part(q.source_key, E'\x1f', 1)))
    THEN 0 ELSE 3 END;
ALTER TABLE lineage.quarantine ALTER COLUMN raw_access SET NOT NULL, ENABLE TRIGGER USER;
UPDATE lineage.row_history SET row = row || '{"raw_access": 3}' WHERE table_name = 'lineage.quarantine';
CALL integrated.protect('lineage.quarantine', ARRAY['source_key', 'source_person_key', 'raw']);

-- What a run told of person ids could be changed or taken away without anybody noticing. NULL: of a run that ended
-- before it was kept, or told nothing yet.
ALTER TABLE lineage.run
    ADD COLUMN event_rows bigint,
    ADD COLUMN event_digest text;

-- A restricted person's home was open in the rows of others who live there, but for those that give its UPRN. Which
-- rows mean it is for loading to say: until then all at its postcode are closed, and all without one.
CREATE TEMPORARY TABLE closed_row (source_system text, source_entity text, source_key text);
DO $$
BEGIN
    IF to_regclass('integrated.person_address') IS NOT NULL THEN
        WITH home AS MATERIALIZED (
            SELECT h.postcode FROM integrated.person_address h
            WHERE h.restricted
               OR h.person_id IN (SELECT r.person_id FROM integrated.restriction r WHERE r.scope = 'address')),
        closed AS (
            UPDATE integrated.person_address SET access = access | 1
            WHERE access & 1 = 0
              AND (postcode IN (SELECT h.postcode FROM home h) OR (postcode IS NULL AND EXISTS (SELECT FROM home)))
            RETURNING source_system, source_entity, source_key)
        INSERT INTO closed_row SELECT * FROM closed;
    END IF;
END
$$;
UPDATE lineage.field_issue SET access = access | 1 WHERE access & 1 = 0
    AND (source_system, source_entity, source_key) IN (SELECT source_system, source_entity, source_key FROM closed_row);
UPDATE sealed.source_row SET access = access | 1 WHERE access & 1 = 0
    AND (source_system, source_entity, source_key) IN (SELECT source_system, source_entity, source_key FROM closed_row);
WITH moved AS (
    DELETE FROM lineage.source_row
    WHERE (source_system, source_entity, source_key) IN (SELECT source_system, source_entity, source_key FROM closed_row)
    RETURNING run_id, area, access | 1, source_system, source_entity, source_key, source_person_key, position, row)
INSERT INTO sealed.source_row (run_id, area, access, source_system, source_entity, source_key, source_person_key,
                               position, row)
SELECT * FROM moved;
DROP TABLE closed_row;
