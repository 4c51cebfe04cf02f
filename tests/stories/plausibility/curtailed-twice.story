2026-07-25T12:00Z sandersville curtailment-started dispatch=d10 block=m1 depth=20MW
2026-07-25T12:30Z sandersville curtailment-started dispatch=d11 block=m1 depth=30MW
