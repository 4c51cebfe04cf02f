# The sites of large-load.story as the demonstration has them, as far as these reports look at them.
2025-09-01T13:00Z norcross site-registered name="Norcross (demo)" county=Gwinnett state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[] site_class=metro-low-latency
2025-09-01T13:00Z norcross load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=11MW feeds=[A,B]
2025-09-01T13:00Z norcross load-block-commissioned block=ai1 load_class=ai-hpc service_class=firm capacity=8MW feeds=[A,B]
2025-09-01T13:00Z norcross dispatch-notified dispatch=storm-2 dispatch_class=emergency mode=reduce-by target=9MW start=2026-01-25T10:00Z stop=2026-01-25T15:00Z
2025-09-01T13:00Z sandersville site-registered name="Sandersville (demo)" county=Washington state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[] site_class=training
2025-09-01T13:00Z sandersville load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A,B]
2025-09-01T13:00Z sandersville load-block-commissioned block=m2 load_class=mining service_class=interruptible capacity=100MW feeds=[A,B]
2025-09-01T13:00Z sandersville load-block-commissioned block=m3 load_class=mining service_class=interruptible capacity=50MW feeds=[A,B]
2025-09-01T13:00Z abilene site-registered name="Abilene (demo)" county=Taylor state=TX tz=America/Chicago balancing_authority=ERCO utility=U parcels=[] site_class=training
2025-09-01T13:00Z abilene load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A,B]
2025-09-01T13:00Z abilene dispatch-notified dispatch=heat-1 dispatch_class=capacity mode=reduce-by target=90MW start=2026-07-14T19:00Z stop=2026-07-15T00:00Z
2025-09-01T13:00Z abilene dispatch-notified dispatch=heat-3 dispatch_class=capacity mode=reduce-by target=90MW start=2026-07-16T19:00Z stop=2026-07-17T00:00Z
2025-09-01T13:00Z pecos site-registered name="Pecos (demo)" county=Reeves state=TX tz=America/Chicago balancing_authority=ERCO utility=U parcels=[] site_class=mining-only
2025-09-01T13:00Z pecos load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=75MW feeds=[A,B]
2025-09-01T13:00Z pecos meter-registered meter=revenue scope=site role=revenue direction=delivered interval=1h
# the hours of the peaks and of two like days each
2026-06-10T22:00Z pecos intervals-recorded meter=revenue start=2026-06-10T22:00Z interval=1h power_of_ten=3 values=[900] quality=[17]
2026-06-11T22:00Z pecos intervals-recorded meter=revenue start=2026-06-11T22:00Z interval=1h power_of_ten=3 values=[69200] quality=[17]
2026-06-12T22:00Z pecos intervals-recorded meter=revenue start=2026-06-12T22:00Z interval=1h power_of_ten=3 values=[70000] quality=[17]
2026-07-16T21:00Z pecos intervals-recorded meter=revenue start=2026-07-16T21:00Z interval=1h power_of_ten=3 values=[900] quality=[17]
2026-07-20T21:00Z pecos intervals-recorded meter=revenue start=2026-07-20T21:00Z interval=1h power_of_ten=3 values=[69200] quality=[17]
2026-07-21T21:00Z pecos intervals-recorded meter=revenue start=2026-07-21T21:00Z interval=1h power_of_ten=3 values=[70000] quality=[17]
2026-08-25T22:00Z pecos intervals-recorded meter=revenue start=2026-08-25T22:00Z interval=1h power_of_ten=3 values=[900] quality=[17]
2026-08-26T22:00Z pecos intervals-recorded meter=revenue start=2026-08-26T22:00Z interval=1h power_of_ten=3 values=[69200] quality=[17]
2026-08-27T22:00Z pecos intervals-recorded meter=revenue start=2026-08-27T22:00Z interval=1h power_of_ten=3 values=[70000] quality=[17]
2026-09-08T21:00Z pecos intervals-recorded meter=revenue start=2026-09-08T21:00Z interval=1h power_of_ten=3 values=[68600] quality=[17]
2026-09-09T21:00Z pecos intervals-recorded meter=revenue start=2026-09-09T21:00Z interval=1h power_of_ten=3 values=[69200] quality=[17]
2026-09-10T21:00Z pecos intervals-recorded meter=revenue start=2026-09-10T21:00Z interval=1h power_of_ten=3 values=[70000] quality=[17]
