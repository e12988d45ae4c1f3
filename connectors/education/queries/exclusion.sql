SELECT *
FROM stud_exclusion
ORDER BY excl_id
