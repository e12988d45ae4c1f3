SELECT *
FROM estart.attendance
ORDER BY attendance_id COLLATE "C"
