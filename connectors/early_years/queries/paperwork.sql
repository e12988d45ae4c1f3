SELECT paper_id,
       member_id,
       registration_id,
       paper_title,
       paper_kind,
       paper_date,
       scanned_ts,
       file_name,
       mime_type,
       bytes,
       store_ref,
       staff_id
  FROM estart.paperwork
 ORDER BY paper_id COLLATE "C"
