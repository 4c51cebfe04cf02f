# an end needs its start, and comes after it
2026-02-09T01:00Z norcross outage-ended outage=o9
2026-02-08T23:59Z norcross outage-ended outage=o1
2026-02-09T00:00Z norcross outage-ended outage=o1
# a dispatch stops not before it starts
2026-02-10T00:00Z norcross dispatch-notified dispatch=d1 dispatch_class=emergency mode=reduce-by target=30MW start=2026-02-10T10:00Z stop=2026-02-10T09:59Z
2026-02-10T00:00Z norcross dispatch-notified dispatch=d1 dispatch_class=emergency mode=reduce-by target=30MW start=2026-02-10T10:00Z stop=2026-02-10T10:00Z
# nothing starts on what is retired; a day before it could
2026-02-10T00:00Z norcross curtailment-started dispatch=d1 block=m2 depth=1MW
2026-02-07T23:59Z norcross curtailment-started dispatch=d1 block=m2 depth=1MW
