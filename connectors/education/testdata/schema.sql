-- The tables of the education system, as SQLite and MariaDB both take them. No key is enforced: the real system
-- keeps none on its reporting views, and rows that break the key must be able to exist.

CREATE TABLE stud_student (
    stud_id VARCHAR(12),
    stud_status VARCHAR(20),
    upn VARCHAR(20),
    upn_former VARCHAR(20),
    upn_unknown VARCHAR(20),
    uln VARCHAR(20),
    nhs_no VARCHAR(20),
    nhs_status VARCHAR(20),
    nhs_no_old VARCHAR(20),
    legal_surname VARCHAR(60),
    legal_forename VARCHAR(60),
    legal_midnames VARCHAR(60),
    known_as VARCHAR(60),
    former_surname VARCHAR(60),
    former_forename VARCHAR(60),
    name_changed DATE,
    dob DATE,
    dob_verif VARCHAR(20),
    age_disputed VARCHAR(20),
    date_of_death DATE,
    sex_code VARCHAR(20),
    gender_ident VARCHAR(20),
    ethnic_code VARCHAR(20),
    lang_code VARCHAR(20),
    religion VARCHAR(60),
    nationality VARCHAR(60),
    birth_place VARCHAR(60),
    disab_flag VARCHAR(20),
    multi_birth VARCHAR(20),
    birth_order INTEGER,
    addr_house VARCHAR(120),
    addr_street VARCHAR(120),
    addr_locality VARCHAR(120),
    addr_town VARCHAR(120),
    addr_county VARCHAR(120),
    addr_postcode VARCHAR(20),
    addr_uprn VARCHAR(60),
    addr_from DATE,
    addr_conf VARCHAR(20),
    tel_home VARCHAR(20),
    tel_mobile VARCHAR(20),
    email VARCHAR(120),
    mother_surname VARCHAR(60),
    mother_forename VARCHAR(60),
    contact1_surname VARCHAR(60),
    contact1_forename VARCHAR(60),
    curr_urn VARCHAR(20),
    curr_school VARCHAR(120),
    home_la VARCHAR(20),
    home_la_ref VARCHAR(20),
    rec_conf VARCHAR(20),
    conf_reason TEXT,
    conf_from DATE,
    merged_into VARCHAR(12),
    created_on DATETIME,
    amended_on DATETIME
);
CREATE INDEX stud_student_key ON stud_student (stud_id);

CREATE TABLE ews_area_team (
    team_id VARCHAR(12),
    team_name VARCHAR(120),
    district VARCHAR(60),
    open_from DATE
);
CREATE INDEX ews_area_team_key ON ews_area_team (team_id);

CREATE TABLE ews_officer (
    officer_id VARCHAR(12),
    staff_no VARCHAR(20),
    surname VARCHAR(60),
    forename VARCHAR(60),
    post_title VARCHAR(60),
    team_id VARCHAR(12),
    email VARCHAR(120),
    start_on DATE,
    end_on DATE
);
CREATE INDEX ews_officer_key ON ews_officer (officer_id);

CREATE TABLE base_school (
    base_id VARCHAR(12),
    urn VARCHAR(20),
    ukprn VARCHAR(20),
    la_estab VARCHAR(20),
    base_name VARCHAR(120),
    phase_code VARCHAR(20),
    estab_type VARCHAR(20),
    street VARCHAR(120),
    town VARCHAR(120),
    postcode VARCHAR(20),
    tel_no VARCHAR(20),
    email VARCHAR(120),
    net_capacity INTEGER,
    open_date DATE,
    close_date DATE
);
CREATE INDEX base_school_key ON base_school (base_id);

CREATE TABLE stud_base_hist (
    hist_id VARCHAR(12),
    stud_id VARCHAR(12),
    base_id VARCHAR(12),
    urn VARCHAR(20),
    enrol_status VARCHAR(20),
    entry_date DATE,
    leave_date DATE,
    nc_year VARCHAR(20),
    reg_group VARCHAR(20),
    part_time VARCHAR(20),
    boarder VARCHAR(20),
    leave_reason VARCHAR(20),
    leave_dest VARCHAR(120),
    amended_on DATETIME
);
CREATE INDEX stud_base_hist_key ON stud_base_hist (hist_id);

CREATE TABLE stud_att_halfterm (
    stud_id VARCHAR(12),
    acad_year VARCHAR(20),
    half_term INTEGER,
    base_id VARCHAR(12),
    period_start DATE,
    period_end DATE,
    poss_sess INTEGER,
    att_sess INTEGER,
    auth_abs INTEGER,
    unauth_abs INTEGER,
    ea_sess INTEGER,
    late_sess INTEGER,
    pct_att DECIMAL(5,2),
    amended_on DATETIME
);
CREATE INDEX stud_att_halfterm_key ON stud_att_halfterm (stud_id, acad_year, half_term);

CREATE TABLE stud_exclusion (
    excl_id VARCHAR(12),
    stud_id VARCHAR(12),
    base_id VARCHAR(12),
    excl_type VARCHAR(20),
    reason_1 VARCHAR(20),
    reason_2 VARCHAR(20),
    reason_3 VARCHAR(20),
    start_date DATE,
    end_date DATE,
    sessions INTEGER,
    sen_stage VARCHAR(20),
    in_care VARCHAR(20),
    gov_outcome VARCHAR(20),
    gov_date DATE,
    reinstated VARCHAR(20),
    notes TEXT,
    amended_on DATETIME
);
CREATE INDEX stud_exclusion_key ON stud_exclusion (excl_id);

CREATE TABLE stud_fsm (
    fsm_id VARCHAR(12),
    stud_id VARCHAR(12),
    applied_on DATE,
    start_date DATE,
    end_date DATE,
    basis_code VARCHAR(20),
    uk_country VARCHAR(20),
    trans_prot VARCHAR(20),
    ecs_check_on DATE,
    amended_on DATETIME
);
CREATE INDEX stud_fsm_key ON stud_fsm (fsm_id);

CREATE TABLE stud_sen_hist (
    sen_id VARCHAR(12),
    stud_id VARCHAR(12),
    base_id VARCHAR(12),
    sen_stage VARCHAR(20),
    start_date DATE,
    end_date DATE,
    need_1 VARCHAR(20),
    need_2 VARCHAR(20),
    notes TEXT,
    amended_on DATETIME
);
CREATE INDEX stud_sen_hist_key ON stud_sen_hist (sen_id);

CREATE TABLE ews_involvement (
    inv_id VARCHAR(12),
    stud_id VARCHAR(12),
    officer_id VARCHAR(12),
    role_code VARCHAR(20),
    start_date DATE,
    end_date DATE,
    close_reason VARCHAR(120),
    amended_on DATETIME
);
CREATE INDEX ews_involvement_key ON ews_involvement (inv_id);

CREATE TABLE stud_document (
    doc_id VARCHAR(12),
    stud_id VARCHAR(12),
    doc_class VARCHAR(20),
    doc_title VARCHAR(120),
    doc_date DATE,
    filed_on DATETIME,
    file_name VARCHAR(120),
    mime_type VARCHAR(60),
    size_bytes INTEGER,
    store_ref VARCHAR(120),
    officer_id VARCHAR(12),
    subject_table VARCHAR(20),
    subject_id VARCHAR(12)
);
CREATE INDEX stud_document_key ON stud_document (doc_id);
