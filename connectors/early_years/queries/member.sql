SELECT *
FROM estart.member
ORDER BY member_id COLLATE "C"
