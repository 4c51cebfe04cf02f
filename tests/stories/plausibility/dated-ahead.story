2099-07-25T12:00Z sandersville hashrate-changed block=m1 hashrate=4.6EH/s method=pool
