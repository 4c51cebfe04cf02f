# had the second breaker tripped too
2026-07-20T03:00[America/New_York] sandersville curtailment-started dispatch=d7 block=m1 depth=100MW
2026-07-21T03:00[America/New_York] sandersville curtailment-ended dispatch=d7 block=m1
