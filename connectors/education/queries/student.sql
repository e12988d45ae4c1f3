SELECT *
FROM stud_student
ORDER BY stud_id
