SELECT attendance_id,
       member_id,
       registration_id,
       setting_id,
       session_ref,
       session_type,
       session_date,
       minutes,
       mark
  FROM estart.attendance
 ORDER BY attendance_id COLLATE "C"
