# written down two days later: one cooler was out for cleaning
2026-07-22T08:00[America/New_York] sandersville outage-started block=m1 outage=coolers outage_class=planned derate=25MW cause=cleaning outside_management_control=false id=0198a000-0000-7000-8000-0000000000c1
2026-07-22T12:00[America/New_York] sandersville outage-ended outage=coolers
