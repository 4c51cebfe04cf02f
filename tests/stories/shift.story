2026-07-23 06:14 sandersville outage-started block=m1 outage=fan-2 outage_class=forced-u1 derate=5MW cause="fan bearing" outside_management_control=false
2026-07-23 09:40 EDT sandersville outage-ended outage=fan-2
