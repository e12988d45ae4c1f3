SELECT *
FROM stud_sen_hist
ORDER BY sen_id
