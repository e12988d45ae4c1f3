SELECT *
FROM estart.funded_claim
ORDER BY claim_id COLLATE "C"
