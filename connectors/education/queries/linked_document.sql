SELECT *
FROM stud_document
ORDER BY doc_id
