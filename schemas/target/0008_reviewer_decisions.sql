-- What a reviewer said of two records, and what became of it. A decision is never deleted and never rewritten: another
-- one supersedes it, or it is withdrawn, and who, when and why stay. `same` and `different` are constraints of linking;
-- `unsure` is none, and takes the pair off the open list with its reason kept.
ALTER TABLE review.decision
    DROP CONSTRAINT decision_verdict_check,
    DROP CONSTRAINT decision_left_system_left_key_right_system_right_key_key,
    ADD CONSTRAINT decision_verdict_check CHECK (verdict IN ('same', 'different', 'unsure')),
    ADD COLUMN reviewer        text NOT NULL DEFAULT session_user, -- who decided, as they gave their name
    ADD COLUMN os_user         text NOT NULL DEFAULT '',           -- whose login ran the command
    ADD COLUMN role            text NOT NULL DEFAULT '',           -- role they looked as
    ADD COLUMN command         text NOT NULL DEFAULT 'review decide' CHECK (command IN ('review decide', 'unmerge')),
    ADD COLUMN keeps_person_id bigint,                             -- the id that stays with the left or the right record
    ADD COLUMN keeps_right     boolean NOT NULL DEFAULT false,
    ADD COLUMN applied_run     bigint REFERENCES lineage.run,      -- NULL: waits for the next run
    ADD COLUMN ended_at        timestamptz,                        -- NULL: in force
    ADD COLUMN ended_as        text CHECK (ended_as IN ('superseded', 'withdrawn')),
    ADD COLUMN ended_by        text,
    ADD COLUMN end_reason      text,
    ADD COLUMN end_applied_run bigint REFERENCES lineage.run,
    ADD CONSTRAINT decision_end_is_whole CHECK (
        (ended_at IS NULL) = (ended_as IS NULL) AND (ended_at IS NULL) = (ended_by IS NULL));

-- One order of the two, so that one question has one decision in force, however it was asked.
UPDATE review.decision
    SET left_system = right_system, left_key = right_key, right_system = left_system, right_key = left_key
    WHERE (left_system COLLATE "C", left_key COLLATE "C") > (right_system COLLATE "C", right_key COLLATE "C");
ALTER TABLE review.decision ADD CONSTRAINT decision_lower_record_first CHECK (
    (left_system COLLATE "C", left_key COLLATE "C") < (right_system COLLATE "C", right_key COLLATE "C"));
CREATE UNIQUE INDEX decision_in_force ON review.decision (left_system, left_key, right_system, right_key)
    WHERE ended_at IS NULL;
CREATE INDEX decision_by_right ON review.decision (right_system, right_key);

REVOKE UPDATE, DELETE, TRUNCATE ON review.decision FROM caseweave_loader;
GRANT UPDATE (area, access, applied_run, ended_at, ended_as, ended_by, end_reason, end_applied_run)
    ON review.decision TO caseweave_loader;

-- The decision that answered the pair; NULL while it is open.
ALTER TABLE review.pair ADD COLUMN decision_id bigint REFERENCES review.decision;

-- Every id whose records changed has an event that names who held them before, or holds them now (other_id).
ALTER TABLE lineage.identity_event
    DROP CONSTRAINT identity_event_event_check,
    ADD CONSTRAINT identity_event_event_check CHECK (
        event IN ('created', 'grown', 'shrunk', 'merged_into', 'split_from', 'promoted', 'retired')),
    ADD COLUMN decision_id bigint REFERENCES review.decision;
CREATE INDEX identity_event_by_person ON lineage.identity_event (person_id);

-- Which source record went from whom to whom: the crosswalk's history. A record that is new has no row.
CREATE TABLE lineage.record_move (
    move_id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id            bigint NOT NULL,
    happened_at       timestamptz NOT NULL DEFAULT now(),
    area              smallint NOT NULL,
    access            smallint NOT NULL,       -- bits of both persons
    source_system     text NOT NULL,
    source_person_key text NOT NULL,
    from_person_id    bigint NOT NULL,
    to_person_id      bigint,                  -- NULL: the record is gone
    decision_id       bigint REFERENCES review.decision
);
CREATE INDEX record_move_by_record ON lineage.record_move (source_system, source_person_key);
CREATE INDEX record_move_by_holder ON lineage.record_move (from_person_id);
ALTER TABLE lineage.record_move OWNER TO caseweave_owner;
GRANT SELECT, INSERT, DELETE ON lineage.record_move TO caseweave_loader;
CALL integrated.protect('lineage.record_move');
CALL integrated.protect('lineage.identity_event');
