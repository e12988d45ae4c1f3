SELECT setting_id,
       setting_name,
       setting_kind,
       ofsted_urn,
       address_line,
       postcode,
       phone_no,
       email_address,
       lead_body,
       la_code,
       places,
       opened_on,
       closed_on,
       locality_code
  FROM estart.setting
 ORDER BY setting_id COLLATE "C"
