2026-07-25T12:00Z sandersville curtailment-started dispatch=d10 block=ai1 depth=2MW
