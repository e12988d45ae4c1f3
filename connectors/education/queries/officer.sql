SELECT *
FROM ews_officer
ORDER BY officer_id
