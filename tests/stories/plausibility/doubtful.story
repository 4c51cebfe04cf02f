# the end is of the next day, and the block has the feeds A and B
2026-07-23T08:00Z sandersville outage-started block=m1 outage=fans outage_class=planned derate=10MW cause=cleaning outside_management_control=false
2026-07-24T09:00Z sandersville outage-ended outage=fans
2026-07-24T09:30Z sandersville feed-state-changed block=m1 feed=C state=down
