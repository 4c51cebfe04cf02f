2026-07-25T12:00Z sandersville curtailment-started dispatch=d10 block=m1 depth=120MW
