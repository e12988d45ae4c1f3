SELECT *
FROM ews_area_team
ORDER BY team_id
