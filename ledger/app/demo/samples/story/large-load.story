# What rules of 2026 ask of two Texas and two Georgia sites: generators, directives, coincident peaks.
# The sites, blocks, meters and dispatches named here are those of the demonstration's portfolio.

# --- Norcross: three diesel sets behind the AI block, tested monthly by the 100 hours of 40 CFR 63.6640(f) -----
2025-10-01T13:00Z norcross generator-registered generator=dg-1 fuel=diesel rated=3MW engine=emergency permit="GA EPD 4911-135-0204" run_max=500h
2025-10-01T13:00Z norcross generator-registered generator=dg-2 fuel=diesel rated=3MW engine=emergency permit="GA EPD 4911-135-0204" run_max=500h
2025-10-01T13:00Z norcross generator-registered generator=dg-3 fuel=diesel rated=3MW engine=emergency permit="GA EPD 4911-135-0204" run_max=500h
2026-01-13T14:00Z norcross generator-started generator=dg-1 run_reason=maintenance-test load=0.9MW
2026-01-13T15:30Z norcross generator-stopped generator=dg-1
2026-01-13T16:00Z norcross generator-started generator=dg-2 run_reason=maintenance-test load=0.9MW
2026-01-13T17:30Z norcross generator-stopped generator=dg-2
2026-01-13T18:00Z norcross generator-start-failed generator=dg-3 cause="battery low"
2026-01-14T14:00Z norcross generator-started generator=dg-3 run_reason=maintenance-test load=0.9MW
2026-01-14T15:30Z norcross generator-stopped generator=dg-3

# the second storm morning: a DOE order on backup generation, carried by two of three sets in 15 minutes
2026-01-25T11:04Z norcross directive-received directive=fern-2 issuer="Southern Company" channel=hotline authority=doe-202c order="of January 24, 2026 (demo)" issued=2026-01-25T11:02Z instruction=deploy-backup target=1MW backup=7.5MW blocks=[m1,ai1] dispatch=storm-2
2026-01-25T11:06Z norcross directive-acknowledged directive=fern-2 by="shift lead"
2026-01-25T11:09Z norcross generator-started generator=dg-1 run_reason=directive directive=fern-2 dispatched_by="Southern Company" load=0MW
2026-01-25T11:10Z norcross generator-started generator=dg-2 run_reason=directive directive=fern-2 dispatched_by="Southern Company" load=0MW
2026-01-25T11:11Z norcross generator-start-failed generator=dg-3 cause="coolant heater tripped" directive=fern-2
2026-01-25T11:13Z norcross generator-load-measured generator=dg-1 load=2.6MW
2026-01-25T11:14Z norcross generator-load-measured generator=dg-2 load=2.5MW
2026-01-25T11:24Z norcross generator-started generator=dg-3 run_reason=directive directive=fern-2 dispatched_by="Southern Company" load=2.4MW
2026-01-25T11:26Z norcross directive-complied directive=fern-2 load=0.8MW
2026-01-25T15:00Z norcross directive-lifted directive=fern-2
2026-01-25T15:12Z norcross generator-stopped generator=dg-1
2026-01-25T15:12Z norcross generator-stopped generator=dg-2
2026-01-25T15:12Z norcross generator-stopped generator=dg-3

# a thunderstorm takes both feeds: an emergency, which has no limit
2026-06-22T20:41Z norcross generator-started generator=dg-1 run_reason=emergency load=2.7MW
2026-06-22T20:41Z norcross generator-started generator=dg-2 run_reason=emergency load=2.7MW
2026-06-22T20:42Z norcross generator-started generator=dg-3 run_reason=emergency load=2.6MW
2026-06-23T02:11Z norcross generator-stopped generator=dg-1
2026-06-23T02:11Z norcross generator-stopped generator=dg-2
2026-06-23T02:12Z norcross generator-stopped generator=dg-3

# --- Sandersville: one set that the local operator asked for three times, and a condition of the site -----------
2025-10-01T13:00Z sandersville generator-registered generator=dg-1 fuel=diesel rated=2MW engine=emergency permit="GA EPD 4911-303-0071"
2026-02-10T14:00Z sandersville generator-started generator=dg-1 run_reason=maintenance-test load=0.6MW
2026-02-10T16:00Z sandersville generator-stopped generator=dg-1
2026-07-14T18:00Z sandersville generator-started generator=dg-1 run_reason=local-reliability dispatched_by="Georgia Power" load=1.8MW
2026-07-15T11:00Z sandersville generator-stopped generator=dg-1
2026-07-15T17:00Z sandersville generator-started generator=dg-1 run_reason=local-reliability dispatched_by="Georgia Power" load=1.8MW
2026-07-16T10:00Z sandersville generator-stopped generator=dg-1
2026-07-16T16:00Z sandersville generator-started generator=dg-1 run_reason=local-reliability dispatched_by="Georgia Power" load=1.8MW
2026-07-17T02:00Z sandersville generator-stopped generator=dg-1
2026-07-16T19:58Z sandersville directive-received directive=heat-off issuer="Georgia Power" channel=phone authority=site-condition order="condition 14: all off in 30 minutes" issued=2026-07-16T19:55Z instruction=curtail target=5MW allowed=30min blocks=[m1,m2,m3]
2026-07-16T20:01Z sandersville directive-acknowledged directive=heat-off by="shift lead"
2026-07-16T20:05Z sandersville breaker-opened directive=heat-off block=m1 breaker=52-1 opened_by=operator
2026-07-16T20:09Z sandersville breaker-opened directive=heat-off block=m2 breaker=52-2 opened_by=operator
2026-07-16T20:17Z sandersville breaker-opened directive=heat-off block=m3 breaker=52-3 opened_by=utility
2026-07-16T20:19Z sandersville directive-complied directive=heat-off load=3.2MW
2026-07-16T22:45Z sandersville directive-lifted directive=heat-off

# --- Abilene: SB 6, the first instruction kept and the second late ---------------------------------------------
2025-10-01T13:00Z abilene generator-registered generator=ng-1 fuel=natural-gas rated=4MW engine=non-emergency permit="TCEQ standard permit 171204 (demo)" run_max=2000h
2026-05-18T18:30Z abilene generator-started generator=ng-1 run_reason=demand-response dispatched_by=ERCO load=3.6MW
2026-05-19T00:30Z abilene generator-stopped generator=ng-1
2026-07-14T19:02Z abilene directive-received directive=eea-1 issuer=ERCOT channel=hotline authority=sb6 issued=2026-07-14T19:00Z instruction=curtail-or-deploy target=8MW allowed=30min dispatch=heat-1
2026-07-14T19:05Z abilene directive-acknowledged directive=eea-1 by="control room"
2026-07-14T19:12Z abilene breaker-opened directive=eea-1 block=m1 breaker=CB-11 opened_by=operator
2026-07-14T19:20Z abilene directive-complied directive=eea-1 load=5.5MW
2026-07-14T23:30Z abilene directive-lifted directive=eea-1
2026-07-16T19:10Z abilene directive-received directive=eea-2 issuer=ERCOT channel=hotline authority=sb6 issued=2026-07-16T19:06Z instruction=curtail-or-deploy target=8MW allowed=30min dispatch=heat-3
2026-07-16T19:31Z abilene directive-acknowledged directive=eea-2 by="control room"
2026-07-16T19:52Z abilene breaker-opened directive=eea-2 block=m1 breaker=CB-11 opened_by=utility
2026-07-16T19:55Z abilene directive-complied directive=eea-2 load=5.2MW
2026-07-16T23:40Z abilene directive-lifted directive=eea-2

# --- ERCOT: the peaks of 2026 as confirmed, what they cost Pecos, and curtailments for peaks -------------------
2026-10-01T15:00Z ba-ERCO coincident-peak-confirmed start=2026-06-10T22:15Z stop=2026-06-10T22:30Z system=79.4GW
2026-10-01T15:00Z ba-ERCO coincident-peak-confirmed start=2026-07-16T21:45Z stop=2026-07-16T22:00Z system=85.9GW
2026-10-01T15:00Z ba-ERCO coincident-peak-confirmed start=2026-08-25T22:15Z stop=2026-08-25T22:30Z system=86.2GW
2026-10-01T15:00Z ba-ERCO coincident-peak-confirmed start=2026-09-08T21:45Z stop=2026-09-08T22:00Z system=81.7GW
# what the proposed 12CP would have taken of January: a half-hour of the storm
2026-10-01T15:00Z ba-ERCO coincident-peak-confirmed start=2026-01-26T12:30Z stop=2026-01-26T13:00Z system=80.1GW
2026-01-05T15:00Z pecos peak-charge-set scheme=ercot-4cp charge=61.50USD
2026-01-05T15:00Z abilene peak-charge-set scheme=ercot-4cp charge=61.50USD
# forecast for August 19, which was no peak, and for September 8, which was
2026-08-19T15:00Z pecos dispatch-notified dispatch=cp-1 dispatch_class=coincident-peak mode=reduce-by target=6MW start=2026-08-19T21:00Z stop=2026-08-19T23:00Z
2026-08-19T21:00Z pecos curtailment-started dispatch=cp-1 block=m1 depth=6MW
2026-08-19T23:00Z pecos curtailment-ended dispatch=cp-1 block=m1
2026-09-08T15:00Z pecos dispatch-notified dispatch=cp-2 dispatch_class=coincident-peak mode=reduce-by target=6MW start=2026-09-08T21:00Z stop=2026-09-08T23:00Z
2026-09-08T21:00Z pecos curtailment-started dispatch=cp-2 block=m1 depth=6MW
2026-09-08T23:00Z pecos curtailment-ended dispatch=cp-2 block=m1
