2026-07-25T12:00Z macon site-registered name=Macon county=Bibb state=Georgia tz=America/New_York balancing_authority=SOCO utility="Georgia Power" parcels=[] site_class=land
