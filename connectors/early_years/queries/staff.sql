SELECT staff_id,
       staff_name,
       staff_role,
       staff_email,
       locality_code,
       started_on,
       left_on
  FROM estart.staff
 ORDER BY staff_id COLLATE "C"
