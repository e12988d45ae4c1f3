SELECT *
FROM stud_att_halfterm
ORDER BY stud_id, acad_year, half_term
