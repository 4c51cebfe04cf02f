2026-07-21T09:00Z sandersville outage-started block=m1 outage=fans outage_class=planned derate=20 cause=fans outside_management_control=false
2026-07-21T09:00Z sandersville curtailment-ended dispatch=d9 block=m1
2026-03-08T02:30[America/New_York] sandersville outage-ended outage=breaker-4
2026-07-21T10:00Z sandersville hashrate-changed block=m1 hashrate=4.6EH/s power=92MW method=pool
