SELECT locality_code,
       locality_name,
       district,
       opened_on,
       closed_on
  FROM estart.locality
 ORDER BY locality_code COLLATE "C"
