SELECT *
FROM base_school
ORDER BY base_id
