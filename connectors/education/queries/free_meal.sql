SELECT *
FROM stud_fsm
ORDER BY fsm_id
