SELECT *
FROM stud_base_hist
ORDER BY hist_id
