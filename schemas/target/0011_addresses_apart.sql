-- A row of an open child at a refuge showed where the refuge is to everyone who may see the row; closing the row would
-- have hidden that the child is placed. Now the address that a case row discloses has access bits of its own, and the
-- columns that can tell it are read through the view <table>_visible, which shows them to whoever is cleared for them.
DROP PROCEDURE integrated.protect(regclass);
-- `withheld` names columns of the table that no reader selects: a view shows them, row by row.
CREATE PROCEDURE integrated.protect(target regclass, withheld text[] DEFAULT ARRAY[]::text[])
    LANGUAGE plpgsql
    AS $$
DECLARE
    readers constant text := 'caseweave_reader_social_care, caseweave_reader_education, caseweave_reader_youth_justice';
    across constant text := 'caseweave_data_quality, caseweave_safeguarding, caseweave_adoption_officer';
    sealed constant boolean := (SELECT relnamespace = 'sealed'::regnamespace FROM pg_class WHERE oid = target);
    hidden text[] := CASE target::text
        WHEN 'integrated.child' THEN ARRAY['area', 'records', 'systems']
        WHEN 'lineage.crosswalk' THEN ARRAY['link_bits', 'link_reason']
        WHEN 'lineage.identity_event' THEN ARRAY['area']
        ELSE withheld END;
    shown text := CASE target::text
        WHEN 'integrated.person' THEN 'row_id, person_id, access, run_id, source_system, source_entity, source_key, '
                                      'source_part, source_person_key' END;
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('DROP POLICY IF EXISTS visible ON %s', target);
    EXECUTE format('CREATE POLICY visible ON %s FOR SELECT USING ('
                   '(access & ~(SELECT integrated.access_clearance())) = 0 AND '
                   '(area & (SELECT integrated.service_areas())) <> 0)', target);
    IF sealed THEN
        EXECUTE format('GRANT SELECT ON %s TO caseweave_sealed', target);
        IF target::text = 'sealed.source_row' THEN
            EXECUTE format('GRANT SELECT ON %s TO caseweave_restricted', target);
        END IF;
    ELSIF hidden = ARRAY[]::text[] AND shown IS NULL THEN
        EXECUTE format('GRANT SELECT ON %s TO %s', target, readers);
    ELSE
        SELECT coalesce(shown, string_agg(quote_ident(attname), ', ')) INTO shown FROM pg_attribute
            WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attname <> ALL (hidden);
        EXECUTE format('REVOKE SELECT ON %s FROM %s', target, readers);
        EXECUTE format('GRANT SELECT (%s) ON %s TO %s', shown, target, readers);
        -- Looking across areas is no clearance for an address.
        IF withheld = ARRAY[]::text[] THEN
            EXECUTE format('GRANT SELECT ON %s TO %s', target, across);
        END IF;
    END IF;
END
$$;
ALTER PROCEDURE integrated.protect(regclass, text[]) OWNER TO caseweave_owner;
REVOKE ALL ON PROCEDURE integrated.protect(regclass, text[]) FROM PUBLIC;

-- Which addresses of the rows loaded until now are hidden ones is for loading to say: all are closed until then. A
-- person's address at a hidden one is closed whole.
CREATE TEMPORARY TABLE closed_row (source_system text, source_entity text, source_key text);
DO $$
DECLARE
    name text;
    columns text[];
BEGIN
    FOR name, columns IN VALUES
        ('carer_match', ARRAY['missing', 'extras', 'household_key']),
        ('payment', ARRAY['missing', 'extras', 'provider_key']),
        ('placement', ARRAY['missing', 'extras', 'provider_name', 'urn', 'postcode', 'distance_miles',
                            'carer_household_key']),
        ('placement_contract', ARRAY['missing', 'extras', 'provider_key']) LOOP
        IF to_regclass('integrated.' || name) IS NOT NULL THEN
            EXECUTE format('ALTER TABLE integrated.%I ADD COLUMN address_access smallint NOT NULL DEFAULT 1', name);
            EXECUTE format('ALTER TABLE integrated.%I ALTER COLUMN address_access DROP DEFAULT', name);
            CALL integrated.protect(to_regclass('integrated.' || name), columns);
            EXECUTE format('INSERT INTO closed_row SELECT source_system, source_entity, source_key FROM integrated.%I',
                           name);
        END IF;
    END LOOP;
    IF to_regclass('integrated.person_address') IS NOT NULL THEN
        WITH hidden AS (
            SELECT DISTINCT n.name, split_part(translate(n.name, ',', ' '), ' ', 1) AS first_word
            FROM integrated.provider p
            CROSS JOIN LATERAL (VALUES (p.name), (p.registration_number), (p.address_text)) n (name)
            WHERE p.access & 1 <> 0 AND n.name IS NOT NULL),
        named AS (
            SELECT a.row_id FROM integrated.person_address a
            CROSS JOIN LATERAL (VALUES (a.house_number), (a.street), (a.locality), (a.town), (a.county),
                                       (a.address_text)) t (text)
            JOIN hidden h ON h.first_word = split_part(translate(t.text, ',', ' '), ' ', 1)
                         AND starts_with(t.text, h.name)),
        closed AS (
            UPDATE integrated.person_address SET access = access | 1
            WHERE postcode IN (SELECT p.postcode FROM integrated.provider p WHERE p.access & 1 <> 0)
               OR uprn IN (SELECT h.uprn FROM integrated.person_address h WHERE h.access & 1 <> 0)
               OR row_id IN (SELECT row_id FROM named)
            RETURNING source_system, source_entity, source_key)
        INSERT INTO closed_row SELECT * FROM closed;
    END IF;
END
$$;

-- What is kept of these rows as text holds all of them; so does what was rejected beside them.
UPDATE lineage.field_issue SET access = access | 1 WHERE access & 1 = 0
    AND (source_system, source_entity, source_key) IN (SELECT source_system, source_entity, source_key FROM closed_row);
UPDATE lineage.quarantine SET access = access | 1 WHERE access & 1 = 0
    AND (source_system, source_entity) IN (SELECT source_system, source_entity FROM closed_row);
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
