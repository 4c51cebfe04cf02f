2026-07-25T12:00Z odessa site-registered name=Odessa county=Ector state=TX tz=America/Chicago balancing_authority=ERCOT utility=Oncor parcels=[] site_class=land
