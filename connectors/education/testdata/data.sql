-- Six invented pupils; UPNs and NHS numbers have right check digits (NHS numbers from the range kept for tests).
INSERT INTO base_school (base_id, urn, ukprn, la_estab, base_name, phase_code, estab_type, street, town, postcode, tel_no, email, net_capacity, open_date, close_date) VALUES
('B00001', '800101', '10090001', '9382001', 'Downland Primary School', 'PS', '01', 'Chapel Road', 'Worthing', 'BN11 9AA', '01903 960001', 'office@downland.example', 420, '1975-09-01', NULL),
('B00002', '800102', '10090002', '9384002', 'Harbour Academy', 'SS', '28', 'Quay Street', 'Shoreham-by-Sea', 'BN43 9ZZ', '01273 960002', 'office@harbour.example', 1200, '2013-01-01', NULL),
('B00003', '800103', NULL, '9387003', 'Weald View School', 'SP', '07', 'Mill Lane', 'Horsham', 'RH12 9YY', NULL, NULL, 96, '1988-09-01', NULL);

INSERT INTO ews_area_team (team_id, team_name, district, open_from) VALUES
('T001', 'Pupil Entitlement, Coast', 'Worthing', '2015-04-01');

INSERT INTO ews_officer (officer_id, staff_no, surname, forename, post_title, team_id, email, start_on, end_on) VALUES
('W10001', 'W10001', 'Okafor', 'Ngozi', 'Education Welfare Officer', 'T001', 'ngozi.okafor@westsussex.example', '2018-09-03', NULL),
('W10002', 'W10002', 'Hale', 'Peter', 'Education Welfare Officer', 'T001', 'peter.hale@westsussex.example', '2012-01-09', '2024-07-31');

INSERT INTO stud_student (stud_id, stud_status, upn, upn_former, uln, nhs_no, nhs_status, nhs_no_old, legal_surname, legal_forename, legal_midnames, known_as, former_surname, former_forename, name_changed, dob, dob_verif, age_disputed, sex_code, ethnic_code, lang_code, multi_birth, birth_order, addr_house, addr_street, addr_town, addr_county, addr_postcode, addr_conf, tel_home, tel_mobile, email, mother_surname, mother_forename, contact1_surname, contact1_forename, curr_urn, curr_school, home_la, home_la_ref, rec_conf, conf_reason, conf_from, merged_into, created_on, amended_on) VALUES
('1000001', 'A', 'W938201521001', NULL, NULL, '9990000018', '01', '9990000115', 'O''Connor', 'Siobhán', 'Mary', NULL, NULL, NULL, NULL, '2015-03-27', 'V', 'N', 'F', 'WIRI', 'ENG', 'Y', 1, '12', 'Priory Road', 'Worthing', 'West Sussex', 'BN11 9AB', 'N', '01903 960101', '07700 900101', NULL, 'O''Connor', 'Niamh', 'O''Connor', 'Niamh', '800101', 'Downland Primary School', '938', NULL, 'N', NULL, NULL, NULL, '2019-06-03 09:12:00', '2025-09-08 14:01:00'),
('1000002', 'A', 'K938201521002', NULL, NULL, '9990000026', '01', NULL, 'O''Connor', 'Aoife', NULL, NULL, NULL, NULL, NULL, '2015-03-27', 'V', 'N', '2', 'WIRI', 'ENG', 'Y', 2, '12', 'Priory Road', 'Worthing', 'West Sussex', 'BN11 9AB', 'N', '01903 960101', '07700 900101', NULL, 'O''Connor', 'Niamh', 'O''Connor', 'Niamh', '800101', 'Downland Primary School', '938', NULL, 'N', NULL, NULL, NULL, '2019-06-03 09:15:00', '2025-09-08 14:02:00'),
('1000003', 'A', 'Q938200115003', NULL, '9000000008', '9000000008', '03', NULL, 'Kowalska-Nowak', 'Zofia', NULL, 'Zosia', 'Kowalska', NULL, '2022-05-01', '2010-11-02', 'V', 'N', 'F', 'WEEU', 'POL', 'N', NULL, 'Flat 3, 40', 'Marine Parade', 'Shoreham-by-Sea', 'West Sussex', 'BN43 9AD', 'N', NULL, '07700 900103', 'zosia@family.example', 'Nowak', 'Ewa', 'Nowak', 'Ewa', '800102', 'Harbour Academy', '938', NULL, 'N', NULL, NULL, NULL, '2021-09-01 08:40:00', '2025-01-15 10:00:00'),
('1000004', 'A', 'R93840022400A', NULL, NULL, NULL, NULL, NULL, 'Rahimi', 'Farid', NULL, NULL, NULL, NULL, NULL, '2009-01-01', 'E', 'Y', 'M', 'OAFG', 'PRSD', 'N', NULL, '5', 'Station Road', 'Horsham', 'West Sussex', 'RH12 9AD', 'N', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '800102', 'Harbour Academy', '846', 'BH0045512', 'N', NULL, NULL, NULL, '2024-02-12 11:20:00', '2025-11-03 16:45:00'),
('1000005', 'A', 'D938700317001', 'X938200117009', NULL, '9990000034', '01', NULL, 'Marsh', 'Ellis', NULL, NULL, NULL, NULL, NULL, '2013-07-19', 'V', 'N', 'U', 'WBRI', 'ENG', 'N', NULL, '8', 'Orchard Close', 'Crawley', 'West Sussex', 'RH10 9AE', 'Y', NULL, NULL, NULL, 'Marsh', 'Dawn', 'Marsh', 'Dawn', '800103', 'Weald View School', '938', NULL, 'Y', 'Domestic abuse', '2023-10-02', NULL, '2018-05-21 13:00:00', '2025-10-10 09:30:00'),
('1000006', 'L', NULL, NULL, NULL, NULL, NULL, NULL, 'DUPLICATE Marsh', 'Ellis', NULL, NULL, NULL, NULL, NULL, '1900-01-01', 'V', 'N', 'M', 'WXYZ', 'ENG', 'N', NULL, NULL, NULL, NULL, NULL, NULL, 'N', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '938', NULL, 'N', NULL, NULL, '1000005', '2018-05-22 09:00:00', '2018-05-22 09:05:00');

INSERT INTO stud_base_hist (hist_id, stud_id, base_id, urn, enrol_status, entry_date, leave_date, nc_year, reg_group, part_time, boarder, leave_reason, leave_dest, amended_on) VALUES
('2000001', '1000001', 'B00001', '800101', 'C', '2019-09-04', NULL, '6', '6K', 'N', 'N', NULL, NULL, '2025-09-08 14:01:00'),
('2000002', '1000002', 'B00001', '800101', 'C', '2019-09-04', NULL, '6', '6H', 'N', 'N', NULL, NULL, '2025-09-08 14:02:00'),
('2000003', '1000003', 'B00001', '800101', 'L', '2021-09-06', '2022-07-21', '6', '6K', 'N', 'N', 'EK', 'Harbour Academy', '2022-07-25 09:00:00'),
('2000004', '1000003', 'B00002', '800102', 'C', '2022-09-05', NULL, '10', '10C', 'N', 'N', NULL, NULL, '2025-01-15 10:00:00'),
('2000005', '1000099', 'B00002', '800102', 'C', '2022-09-05', NULL, '10', '10C', 'N', 'N', NULL, NULL, '2025-01-15 10:00:00');

INSERT INTO stud_att_halfterm (stud_id, acad_year, half_term, base_id, period_start, period_end, poss_sess, att_sess, auth_abs, unauth_abs, ea_sess, late_sess, pct_att, amended_on) VALUES
('1000001', '2025/26', 1, 'B00001', '2025-09-01', '2025-10-24', 76, 74, 2, 0, 0, 1, 97.37, '2025-10-27 02:00:00'),
('1000001', '2025/26', 2, 'B00001', '2025-11-03', '2025-12-19', 70, 66, 2, 2, 0, 0, 94.29, '2025-12-22 02:00:00'),
('1000003', '2025/26', 1, 'B00002', '2025-09-01', '2025-10-24', 76, 60, 6, 10, 0, 4, 78.95, '2025-10-27 02:00:00'),
('1000003', '2025/26', 1, 'B00002', '2025-09-01', '2025-10-24', 76, 61, 6, 9, 0, 4, 80.26, '2025-10-28 02:00:00');

INSERT INTO stud_exclusion (excl_id, stud_id, base_id, excl_type, reason_1, reason_2, reason_3, start_date, end_date, sessions, sen_stage, in_care, gov_outcome, gov_date, reinstated, notes, amended_on) VALUES
('4000001', '1000003', 'B00002', 'SUSP', 'DB', 'VA', NULL, '2025-02-11', '2025-02-12', 4, 'K', 'N', 'NRQ', NULL, NULL, 'Second suspension this year', '2025-02-13 12:00:00');

INSERT INTO stud_fsm (fsm_id, stud_id, applied_on, start_date, end_date, basis_code, uk_country, trans_prot, ecs_check_on, amended_on) VALUES
('5000001', '1000003', '2022-08-20', '2022-09-05', NULL, 'UC', 'ENG', 'Y', '2025-09-01', '2025-09-01 02:00:00');

INSERT INTO stud_sen_hist (sen_id, stud_id, base_id, sen_stage, start_date, end_date, need_1, need_2, notes, amended_on) VALUES
('6000001', '1000003', 'B00002', 'K', '2023-01-09', NULL, 'SEMH', 'SLCN', NULL, '2025-01-15 10:00:00'),
('6000002', '1000005', 'B00003', 'E', '2019-09-02', NULL, 'ASD', NULL, 'Plan held by the SEND team', '2025-10-10 09:30:00');

INSERT INTO ews_involvement (inv_id, stud_id, officer_id, role_code, start_date, end_date, close_reason, amended_on) VALUES
('7000001', '1000003', 'W10001', 'EWO', '2025-03-03', NULL, NULL, '2025-03-03 15:00:00');

INSERT INTO stud_document (doc_id, stud_id, doc_class, doc_title, doc_date, filed_on, file_name, mime_type, size_bytes, store_ref, officer_id, subject_table, subject_id) VALUES
('8000001', '1000003', 'LTR', 'Suspension letter', '2025-02-11', '2025-02-11 16:20:00', 'suspension_4000001.pdf', 'application/pdf', 48211, 'edms://education/8000001', 'W10001', 'stud_exclusion', '4000001');
