SELECT *
FROM estart.paperwork
ORDER BY paper_id COLLATE "C"
