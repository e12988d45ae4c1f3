SELECT *
FROM estart.registration
ORDER BY registration_id COLLATE "C"
