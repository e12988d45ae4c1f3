SELECT *
FROM estart.setting
ORDER BY setting_id COLLATE "C"
