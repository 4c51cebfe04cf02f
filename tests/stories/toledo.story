# A site in Ohio; its balancing authority is PJM.
2026-01-05T05:00Z toledo site-registered name=Toledo county=Lucas state=OH tz=America/New_York balancing_authority=PJM utility="Toledo Edison" parcels=[] site_class=training
