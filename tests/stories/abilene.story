2026-01-05T06:00Z abilene site-registered name=Abilene county=Taylor state=TX tz=America/Chicago balancing_authority=ERCO utility="AEP Texas" parcels=[] site_class=mining-only
2026-02-01T06:00Z abilene capacity-energized power=100MW point_of_delivery="bay 4" voltage=138kV
2026-03-01T06:00Z abilene load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A,B]
