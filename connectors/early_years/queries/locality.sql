SELECT *
FROM estart.locality
ORDER BY locality_code COLLATE "C"
