SELECT *
FROM ews_involvement
ORDER BY inv_id
