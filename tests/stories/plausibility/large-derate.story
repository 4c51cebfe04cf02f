2026-07-25T12:00Z sandersville outage-started block=m1 outage=rack-1 outage_class=planned derate=70MW cause=cleaning outside_management_control=false
2026-07-25T13:00Z sandersville outage-started block=m1 outage=rack-2 outage_class=planned derate=40MW cause=cleaning outside_management_control=false
2026-07-25T14:00Z sandersville outage-ended outage=rack-1
2026-07-25T14:00Z sandersville outage-ended outage=rack-2
