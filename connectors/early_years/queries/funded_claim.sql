SELECT claim_id,
       member_id,
       setting_id,
       scheme_code,
       term_code,
       claim_from,
       claim_to,
       hours_per_week,
       weeks,
       total_hours,
       stretched,
       eypp,
       daf,
       eligibility_code,
       amount,
       claimed_on
  FROM estart.funded_claim
 ORDER BY claim_id COLLATE "C"
