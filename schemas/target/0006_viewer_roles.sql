-- People who look across service areas. Each is a bundle of the roles above; a DBA grants them to logins.
--   data_quality      all areas, nothing restricted or sealed
--   safeguarding      all areas and restricted records
--   adoption_officer  all areas and sealed records
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['caseweave_data_quality', 'caseweave_safeguarding', 'caseweave_adoption_officer'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
        EXECUTE format('GRANT caseweave_reader_social_care, caseweave_reader_education, caseweave_reader_youth_justice TO %I', wanted);
    END LOOP;
END
$$;
GRANT caseweave_restricted TO caseweave_safeguarding;
GRANT caseweave_sealed TO caseweave_adoption_officer;
