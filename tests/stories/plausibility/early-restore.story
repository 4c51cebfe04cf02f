2026-07-25T12:00Z sandersville curtailment-started dispatch=d10 block=m1 depth=20MW
2026-07-25T13:00Z sandersville load-restored dispatch=d10 block=m1 load=95MW
