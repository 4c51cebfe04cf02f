2026-01-01T00:00Z norcross site-registered name=Norcross county=Gwinnett state=GA tz=America/New_York balancing_authority=SOCO utility="Georgia Power" parcels=[N-1] site_class=training
2026-01-02T00:00Z norcross power-contracted agreement=GP-1 power=100MW firm=20MW start=2026-01-02T00:00Z
2026-01-03T00:00Z norcross capacity-energized power=60MW point_of_delivery=north voltage=115kV
2026-01-04T00:00Z norcross load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=40MW feeds=[A,B]
2026-01-04T00:00Z norcross meter-registered meter=r1 scope=site role=revenue direction=delivered interval=1h
