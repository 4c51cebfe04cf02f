2026-07-21T09:00Z sandersville outage-begun block=m1
2026-07-21T09:00Z sandersville outage-ended outage=breaker-4 colour=red
2026-07-21T09:00Z sandersville outage-ended
2026-07-21T09:00Z sandersville load-block-rerated block=m1 capacity=90
2026-07-21T09:00Z sandersville load-block-rerated block=m1 capacity=0.5W
2026-07-21T09:00Z sandersville load-block-rerated block=m1 capacity=99999999999MW
2026-07-21T09:00Z sandersville load-block-rerated block=m1 capacity=-5MW
2026-07-21T09:00Z sandersville load-block-rerated block=m1 capacity=90MW capacity=80MW
2026-07-21T09:00Z sandersville load-block-rerated block="m 1" capacity=90MW
2026-07-21T09:00 sandersville outage-ended outage=breaker-4
2026-03-08T02:30[America/New_York] sandersville outage-ended outage=breaker-4
2026-11-01T01:30[America/New_York] sandersville outage-ended outage=breaker-4
2026-07-21T09:00[America/Newyork] sandersville outage-ended outage=breaker-4
2026-07-21T25:00Z sandersville outage-ended outage=breaker-4
2026-07-21T09:00Z sandersville hashrate-changed block=m1 hashrate=4.6EH/s method=guess
2026-07-21T09:00Z sandersville hashrate-changed block=m1 hashrate=4.6TH method=pool
2026-07-21T09:00Z sandersville commitment-assessed commitment=jobs period=2026-Q5 verdict=met assessor=A evidence=[]
2026-07-21T09:00Z sandersville load-block-rerated block=m1 capacity=95MW
2026-07-21T09:00Z sandersville incident-opened incident=i1 summary="cut in the mid
