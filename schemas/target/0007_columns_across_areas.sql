-- A person may be known to services that a reader of one area must not learn of. Rows stay visible as they were; the
-- columns that count or name all areas at once are for those who look across areas.
CREATE OR REPLACE PROCEDURE integrated.protect(target regclass)
    LANGUAGE plpgsql
    AS $$
DECLARE
    readers constant text := 'caseweave_reader_social_care, caseweave_reader_education, caseweave_reader_youth_justice';
    across constant text := 'caseweave_data_quality, caseweave_safeguarding, caseweave_adoption_officer';
    hidden text[] := CASE target::text
        WHEN 'integrated.person' THEN ARRAY['area', 'records', 'systems']
        WHEN 'integrated.child' THEN ARRAY['area', 'records', 'systems']
        WHEN 'lineage.crosswalk' THEN ARRAY['link_bits', 'link_reason']
        WHEN 'lineage.identity_event' THEN ARRAY['area']
        ELSE ARRAY[]::text[] END;
    shown text;
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('DROP POLICY IF EXISTS visible ON %s', target);
    EXECUTE format('CREATE POLICY visible ON %s FOR SELECT USING ('
                   '(access & ~(SELECT integrated.access_clearance())) = 0 AND '
                   '(area & (SELECT integrated.service_areas())) <> 0)', target);
    IF hidden = ARRAY[]::text[] THEN
        EXECUTE format('GRANT SELECT ON %s TO %s', target, readers);
    ELSE
        SELECT string_agg(quote_ident(attname), ', ') INTO shown FROM pg_attribute
            WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attname <> ALL (hidden);
        EXECUTE format('REVOKE SELECT ON %s FROM %s', target, readers);
        EXECUTE format('GRANT SELECT (%s) ON %s TO %s', shown, target, readers);
        EXECUTE format('GRANT SELECT ON %s TO %s', target, across);
    END IF;
END
$$;

DO $$
DECLARE
    protected text;
BEGIN
    FOREACH protected IN ARRAY ARRAY['integrated.person', 'integrated.child', 'lineage.crosswalk', 'lineage.identity_event'] LOOP
        IF to_regclass(protected) IS NOT NULL THEN
            CALL integrated.protect(to_regclass(protected));
        END IF;
    END LOOP;
END
$$;
