2026-07-25T12:00Z sandersville hashrate-changed block=m1 hashrate=4.6EH/s power=320MW method=pool
