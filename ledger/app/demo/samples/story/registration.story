# Two Texas sites of the demonstration register as large loads: Abilene because it must, Pecos by choice.
# The sites, contracts, blocks, programs and generators are those of the demonstration's portfolio.

# --- Abilene: 200 MW under contract, 100 MW of it mining -------------------------------------------------------
2025-09-02T15:00Z abilene registrant-recorded business_form="limited liability company" legal_name="Abilene Compute (demo) LLC" parents=["Demo Compute Holdings Inc."] business_names=["Abilene Compute"] address="100 Demo Road, Abilene TX 79601" telephone="+1 325 555 0100" email=office@demo.example principals=["A. Principal","B. Principal"]
2025-09-02T15:05Z abilene registry-contact-set internal=true name="C. Contact" title="Regulatory manager" address="100 Demo Road, Abilene TX 79601" telephone="+1 325 555 0101" email=regulatory@demo.example
2025-09-02T15:10Z abilene registration-item-stated registry=tx-25-114 item=state-filing answer="file number 0800000001 (demo), certificate of fact attached" document_sha256=3f2a9c0d5e7b418896c1d4e2f7a0b3c85d6e9f1a2b4c7d8e0f3a6b9c2d5e8f17
2025-09-02T20:00Z abilene registration-filed registry=tx-25-114 version=1 filed_on=2025-09-02 number="R-0114 (demo)" document_sha256=5c1de0a7b3f94826a1c9d7e4f05b2836c4a9e1d7f2038b65a7c0d9e8f1b2a394
2025-09-04T15:00Z abilene registration-terms-set registry=tx-25-114 rule="letter of the commission's staff of September 4, 2025 (demo)" renewal=03-01 update_days=30
2026-02-10T15:00Z abilene load-forecast-set year=2026 season=year peak=100MW
2026-02-10T15:00Z abilene load-forecast-set year=2027 season=year peak=150MW
2026-02-10T15:00Z abilene load-forecast-set year=2028 season=summer peak=190MW
2026-02-10T15:00Z abilene load-forecast-set year=2028 season=winter peak=200MW
2026-02-12T15:00Z abilene registration-item-stated registry=tx-25-114 item=last-year-peak answer="100 MW from September 2025, by the utility's bills" document_sha256=9d4b7a21c6e50f38b1a2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718
2026-02-12T15:00Z abilene registration-item-stated registry=tx-25-114 item=last-year-energy answer="262 GWh from September 2025, by the utility's bills" document_sha256=9d4b7a21c6e50f38b1a2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718
2026-02-14T18:00Z abilene registration-filed registry=tx-25-114 version=2 filed_on=2026-02-14 number="R-0114 (demo)" document_sha256=e07f4c9a1b2d3e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7
2026-06-15T15:00Z abilene parallel-requests-disclosed requests=1 power=100MW disclosed_to="ERCO member utility (demo)" disclosed_on=2026-06-15 what="the second 100 MW at another site of the same owner, withdrawn if this one is granted"
2026-09-21T15:00Z abilene registry-contact-set internal=false name="D. Counsel" title="Counsel" address="1 Demo Plaza, Austin TX 78701" telephone="+1 512 555 0102" email=counsel@demo.example

# --- Pecos: exactly 75 MW, which is not more than 75 MW; registered by choice ------------------------------------
2025-09-02T15:00Z pecos registrant-recorded business_form=corporation legal_name="Pecos Mining (demo) Inc." parents=["Demo Compute Holdings Inc."] business_names=[] address="200 Demo Road, Pecos TX 79772" telephone="+1 432 555 0100" email=office@demo.example principals=["A. Principal"]
2025-09-02T15:05Z pecos registry-contact-set internal=true name="C. Contact" title="Regulatory manager" address="200 Demo Road, Pecos TX 79772" telephone="+1 432 555 0101" email=regulatory@demo.example
2025-09-02T15:10Z pecos registration-item-stated registry=tx-25-114 item=state-filing answer="file number 0800000002 (demo)"
2025-09-02T15:20Z pecos registration-terms-set registry=tx-25-114 rule="registered by choice, as of the load's growth" applies=true renewal=03-01 update_days=30
2025-09-02T20:00Z pecos registration-filed registry=tx-25-114 version=1 filed_on=2025-09-02 number="R-0115 (demo)"
2026-01-12T15:00Z pecos load-forecast-set year=2026 season=year peak=75MW
2026-01-12T15:00Z pecos load-forecast-set year=2027 season=year peak=75MW
2026-01-12T15:00Z pecos load-forecast-set year=2028 season=year peak=75MW
2026-01-12T15:00Z pecos load-forecast-set year=2029 season=year peak=75MW
2026-01-12T15:00Z pecos load-forecast-set year=2030 season=year peak=75MW
