-- Verbatim rows of protected persons and the tables that bind two identities lay open to every holder of one role,
-- whatever the row needed and whichever service gave it. Now each row of the schema `sealed` is protected like any
-- other: by its own access bits and its area. The verbatim rows are for whoever is cleared for the row; what binds two
-- identities stays with the sealed role.
-- A golden value can come from a service that the reader does not belong to. Of integrated.person a reader of one area
-- reads which persons there are; the values through integrated.person_visible, which shows those that a source of the
-- reader's own area gives or agrees with.
CREATE OR REPLACE PROCEDURE integrated.protect(target regclass)
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
        ELSE ARRAY[]::text[] END;
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
        EXECUTE format('GRANT SELECT ON %s TO %s', target, across);
    END IF;
END
$$;

GRANT USAGE ON SCHEMA sealed TO caseweave_restricted;

-- Until now every row that went here was marked as sealed, those of restricted persons too: which clearance each needs
-- is no longer known. They need both until the target is loaded again.
UPDATE sealed.source_row SET access = 3;

-- Rows that disclose a restricted address or that their source marks as restricted were open; loading closes them now.
DO $$
DECLARE
    of_hidden constant text := 'child_id IN (SELECT person_id FROM integrated.restriction WHERE scope = ''address'')';
    name text;
    condition text;
BEGIN
    FOR name, condition IN VALUES ('case_note', 'restricted'), ('provider', 'address_restricted'),
                                  ('placement', of_hidden), ('placement_contract', of_hidden), ('payment', of_hidden),
                                  ('carer_match', of_hidden), ('admission_preference', of_hidden) LOOP
        IF to_regclass('integrated.' || name) IS NOT NULL THEN
            EXECUTE format('UPDATE integrated.%I SET access = access | 1 WHERE %s', name, condition);
        END IF;
    END LOOP;
END
$$;

DO $$
DECLARE
    shielded regclass;
BEGIN
    IF to_regclass('integrated.person') IS NOT NULL THEN
        CALL integrated.protect('integrated.person');
    END IF;
    FOR shielded IN SELECT oid FROM pg_class WHERE relnamespace = 'sealed'::regnamespace AND relkind = 'r' LOOP
        CALL integrated.protect(shielded);
    END LOOP;
END
$$;
