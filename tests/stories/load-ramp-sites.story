# The sites of load-ramp.story as the demonstration has them, as far as load-ramp and quarterly-load look at them.
2025-08-02T13:00Z sandersville site-registered name="Sandersville (demo)" county=Washington state=GA tz=America/New_York balancing_authority=SOCO utility="SOCO member utility (demo)" parcels=[] site_class=training
2025-08-02T13:05Z sandersville power-contracted agreement=service-agreement power=250MW firm=0MW start=2025-08-02T13:05Z
2025-09-01T14:00Z sandersville capacity-energized power=250MW point_of_delivery=POD-1 voltage=115kV
2025-08-02T13:00Z washington-ga site-registered name="Washington Ga (demo)" county=Wilkes state=GA tz=America/New_York balancing_authority=SOCO utility="SOCO member utility (demo)" parcels=[] site_class=mining-only
2025-08-02T13:05Z washington-ga power-contracted agreement=service-agreement power=86MW firm=0MW start=2025-08-02T13:05Z
2025-09-01T14:00Z washington-ga capacity-energized power=86MW point_of_delivery=POD-1 voltage=115kV
2025-08-02T14:00Z abilene site-registered name="Abilene (demo)" county=Taylor state=TX tz=America/Chicago balancing_authority=ERCO utility="ERCO member utility (demo)" parcels=[] site_class=training
2025-08-02T14:05Z abilene power-contracted agreement=service-agreement power=200MW firm=20MW start=2025-08-02T14:05Z
2025-09-01T15:00Z abilene capacity-energized power=100MW point_of_delivery=POD-1 voltage=115kV
2025-08-02T14:00Z pecos site-registered name="Pecos (demo)" county=Reeves state=TX tz=America/Chicago balancing_authority=ERCO utility="ERCO member utility (demo)" parcels=[] site_class=mining-only
2025-08-02T14:05Z pecos power-contracted agreement=service-agreement power=75MW firm=0MW start=2025-08-02T14:05Z
2025-09-01T15:00Z pecos capacity-energized power=75MW point_of_delivery=POD-1 voltage=115kV
2025-09-01T17:30Z pecos meter-registered meter=revenue scope=site role=revenue direction=delivered interval=1h
