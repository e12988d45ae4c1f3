SELECT *
FROM estart.staff
ORDER BY staff_id COLLATE "C"
