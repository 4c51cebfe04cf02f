# Contracts of four sites with their utilities: ramp, minimum take, bills, forecast, collateral, milestones, filings. Invented.

# Sandersville: above 100 MW in Georgia, so the contract was shown to the commission and is in the quarterly report.
2025-09-02T15:00Z sandersville load-ramp-agreed agreement=service-agreement tariff=ga-large-load steps_on=[2025-10-01,2026-04-01] steps=[200MW,250MW] minimum=80% ends_on=2040-09-30 filing_days=45
2025-09-02T15:05Z sandersville demand-charge-set agreement=service-agreement charge=9.20USD
2025-09-02T15:10Z sandersville load-milestone-set agreement=service-agreement milestone=energized due_on=2025-10-01 power=250MW
2025-09-02T15:15Z sandersville collateral-step-set agreement=service-agreement step=service due_on=2025-10-01 required=25000000.00USD
2025-09-02T15:20Z sandersville collateral-step-set agreement=service-agreement step=second-year due_on=2026-10-01 required=20000000.00USD
2025-09-26T15:00Z sandersville collateral-posted agreement=service-agreement instrument=lc-1 form=letter-of-credit amount=25000000.00USD posted_on=2025-09-26 expires_on=2026-12-31
2025-11-10T14:00Z sandersville load-report-filed agreement=service-agreement quarter=2025-Q3 filed_on=2025-11-10 filed_with="SOCO member utility (demo)"
2025-11-10T15:00Z sandersville load-forecast-set year=2026 season=summer peak=240MW
2025-11-10T15:01Z sandersville load-forecast-set year=2026 season=winter peak=240MW
2025-11-10T15:02Z sandersville load-forecast-set year=2028 season=winter peak=240MW
2026-02-10T15:00Z sandersville load-report-filed agreement=service-agreement quarter=2025-Q4 filed_on=2026-02-10 filed_with="SOCO member utility (demo)"
2026-05-12T15:00Z sandersville load-report-filed agreement=service-agreement quarter=2026-Q1 filed_on=2026-05-12 filed_with="SOCO member utility (demo)"
2026-05-12T15:01Z sandersville load-forecast-set year=2026 season=winter peak=246MW
2026-05-12T15:02Z sandersville load-forecast-set year=2028 season=winter peak=310MW
2026-08-19T15:00Z sandersville load-report-filed agreement=service-agreement quarter=2026-Q2 filed_on=2026-08-19 filed_with="SOCO member utility (demo)"

# Washington: below the threshold, with a minimum by contract; bills are recorded, since no revenue meter is read here.
2025-09-03T15:00Z washington-ga load-ramp-agreed agreement=service-agreement tariff=other steps_on=[2025-10-01] steps=[86MW] minimum=75% ends_on=2030-09-30 filing_days=45
2025-09-03T15:05Z washington-ga demand-charge-set agreement=service-agreement charge=8.10USD
2025-11-05T15:00Z washington-ga billing-demand-recorded agreement=service-agreement month=2025-10 demand=83.1MW
2025-12-05T15:00Z washington-ga billing-demand-recorded agreement=service-agreement month=2025-11 demand=83.4MW
2026-01-05T15:00Z washington-ga billing-demand-recorded agreement=service-agreement month=2025-12 demand=82.9MW
2026-02-05T15:00Z washington-ga billing-demand-recorded agreement=service-agreement month=2026-01 demand=61.2MW
2026-03-05T15:00Z washington-ga billing-demand-recorded agreement=service-agreement month=2026-02 demand=82.4MW
2026-04-05T15:00Z washington-ga billing-demand-recorded agreement=service-agreement month=2026-03 demand=82.7MW
2026-05-05T15:00Z washington-ga billing-demand-recorded agreement=service-agreement month=2026-04 demand=82.8MW
2026-06-05T15:00Z washington-ga billing-demand-recorded agreement=service-agreement month=2026-05 demand=82.5MW
2026-07-05T15:00Z washington-ga billing-demand-recorded agreement=service-agreement month=2026-06 demand=81.9MW
2026-08-05T15:00Z washington-ga billing-demand-recorded agreement=service-agreement month=2026-07 demand=79.3MW
2026-09-05T15:00Z washington-ga billing-demand-recorded agreement=service-agreement month=2026-08 demand=82.2MW
2026-10-05T15:00Z washington-ga billing-demand-recorded agreement=service-agreement month=2026-09 demand=82.6MW
2025-11-11T15:00Z washington-ga load-report-filed agreement=service-agreement quarter=2025-Q3 filed_on=2025-11-11
2026-02-11T15:00Z washington-ga load-report-filed agreement=service-agreement quarter=2025-Q4 filed_on=2026-02-11
2026-03-02T15:00Z washington-ga load-forecast-set year=2026 season=winter peak=84MW
2026-05-12T15:05Z washington-ga load-report-filed agreement=service-agreement quarter=2026-Q1 filed_on=2026-05-12
2026-08-12T15:00Z washington-ga load-report-filed agreement=service-agreement quarter=2026-Q2 filed_on=2026-08-12

# Abilene: the second step came before the transformer did.
2025-09-04T15:00Z abilene load-ramp-agreed agreement=service-agreement tariff=other steps_on=[2026-01-01,2026-07-01,2027-01-01] steps=[100MW,150MW,200MW] minimum=80% ends_on=2036-12-31
2025-09-04T15:05Z abilene demand-charge-set agreement=service-agreement charge=6.75USD
2026-02-05T15:00Z abilene billing-demand-recorded agreement=service-agreement month=2026-01 demand=97.9MW
2026-03-05T15:00Z abilene billing-demand-recorded agreement=service-agreement month=2026-02 demand=97.8MW
2026-04-05T15:00Z abilene billing-demand-recorded agreement=service-agreement month=2026-03 demand=97.8MW
2026-05-05T15:00Z abilene billing-demand-recorded agreement=service-agreement month=2026-04 demand=97.9MW
2026-06-05T15:00Z abilene billing-demand-recorded agreement=service-agreement month=2026-05 demand=97.7MW
2026-07-05T15:00Z abilene billing-demand-recorded agreement=service-agreement month=2026-06 demand=97.8MW
2026-08-05T15:00Z abilene billing-demand-recorded agreement=service-agreement month=2026-07 demand=97.6MW
2026-09-05T15:00Z abilene billing-demand-recorded agreement=service-agreement month=2026-08 demand=98MW
2026-10-05T15:00Z abilene billing-demand-recorded agreement=service-agreement month=2026-09 demand=97.9MW
2025-09-04T15:10Z abilene load-milestone-set agreement=service-agreement milestone=construction-started due_on=2026-02-01
2025-09-04T15:11Z abilene load-milestone-set agreement=service-agreement milestone=facilities-ready due_on=2026-06-15
2025-09-04T15:12Z abilene load-milestone-set agreement=service-agreement milestone=energized due_on=2026-06-30 power=150MW
2025-09-04T15:15Z abilene collateral-step-set agreement=service-agreement step=signing due_on=2025-10-04 required=10000000.00USD
2025-09-04T15:16Z abilene collateral-step-set agreement=service-agreement step=second-step due_on=2026-07-01 required=15000000.00USD
2025-10-01T15:00Z abilene collateral-posted agreement=service-agreement instrument=bond-1 form=surety-bond amount=10000000.00USD posted_on=2025-10-01
2026-01-20T15:00Z abilene load-milestone-reached agreement=service-agreement milestone=construction-started reached_on=2026-01-20
2026-02-20T15:00Z abilene load-forecast-set year=2026 season=summer peak=145MW
2026-02-20T15:01Z abilene load-forecast-set year=2026 season=winter peak=150MW
2026-02-20T15:02Z abilene load-forecast-set year=2027 season=summer peak=190MW
2026-02-20T15:03Z abilene load-forecast-set year=2027 season=winter peak=200MW
2026-08-20T15:00Z abilene load-forecast-set year=2026 season=winter peak=120MW

# Pecos: one step, metered by the hour.
2025-09-05T15:00Z pecos load-ramp-agreed agreement=service-agreement tariff=other steps_on=[2025-10-01] steps=[75MW] minimum=70% demand_interval=15min ends_on=2029-09-30
2025-09-05T15:05Z pecos demand-charge-set agreement=service-agreement charge=5.40USD
2025-09-05T15:10Z pecos collateral-step-set agreement=service-agreement step=signing due_on=2025-10-05 required=4000000.00USD
2025-10-03T15:00Z pecos collateral-posted agreement=service-agreement instrument=cash form=cash amount=6000000.00USD posted_on=2025-10-03
2026-08-03T15:00Z pecos collateral-released agreement=service-agreement instrument=cash released_on=2026-08-03 amount=2000000.00USD
