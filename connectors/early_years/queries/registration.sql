SELECT registration_id,
       member_id,
       setting_id,
       registered_on,
       closed_on,
       status_code,
       locality_code,
       referral_route,
       consent_share,
       two_year_offer,
       lone_parent,
       workless,
       staff_id,
       changed_ts
  FROM estart.registration
 ORDER BY registration_id COLLATE "C"
