2026-07-25T12:00Z sandersville outage-started block=m1 outage=rack-1 outage_class=planned derate=10MW cause=cleaning outside_management_control=false
2026-07-25T12:00Z sandersville outage-ended outage=rack-1
