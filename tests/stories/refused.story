2026-07-21T09:00Z sandersville outage-ended outage=fans
2026-07-20T08:00Z sandersville outage-ended outage=breaker-4
2026-07-21T09:00Z sandersville outage-started block=m2 outage=o9 outage_class=planned derate=1MW cause=x outside_management_control=false
2026-05-01T09:00Z sandersville curtailment-started dispatch=d7 block=m1 depth=1MW
2026-07-21T09:00Z sandersville load-block-retired block=m1 cause=conversion
2026-07-22T09:00Z sandersville curtailment-started dispatch=d7 block=m1 depth=1MW
2026-07-22T09:00Z tulsa incident-opened incident=i1 summary="no such site"
