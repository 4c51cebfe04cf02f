# A 250 MW site in Georgia, its first block, and a July afternoon.
2026-06-01T09:00[America/New_York] sandersville site-registered name="Sandersville" county=Washington state=GA tz=America/New_York balancing_authority=SOCO utility="Georgia Power" parcels=[R-17,R-18] site_class=training
2026-06-20T09:00[America/New_York] sandersville load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A,B]
2026-07-14T14:00[America/New_York] sandersville dispatch-notified dispatch=d7 dispatch_class=emergency mode=reduce-by target=80MW start=2026-07-14T18:30Z
2026-07-14T14:30[America/New_York] sandersville curtailment-started dispatch=d7 block=m1 depth=80MW
2026-07-14T18:30[America/New_York] sandersville curtailment-ended dispatch=d7 block=m1
2026-07-20T03:00[America/New_York] sandersville outage-started block=m1 outage=breaker-4 outage_class=forced-u1 derate=100MW cause="breaker 4 tripped" outside_management_control=false
2026-07-20T06:15[America/New_York] sandersville outage-ended outage=breaker-4
