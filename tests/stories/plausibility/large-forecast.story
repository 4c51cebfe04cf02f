2026-07-25T12:00Z sandersville load-forecast-set year=2028 season=winter peak=2800MW
