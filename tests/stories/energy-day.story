# One day of Norcross: its load, a green tariff, IT and facility meters, certificates and water.
2025-08-02T13:00Z norcross site-registered name="Norcross (demo)" county=Gwinnett state=GA tz=America/New_York balancing_authority=SOCO utility="Georgia Power (demo)" parcels=[norcross-1] site_class=inference
2026-05-01T13:00Z norcross meter-registered meter=revenue scope=site role=revenue direction=delivered interval=1h
2026-05-01T13:00Z norcross meter-registered meter=facility scope=site role=facility direction=delivered interval=1h
2026-05-01T13:00Z norcross meter-registered meter=it scope=site role=it direction=delivered interval=1h
2026-05-01T13:00Z norcross meter-registered meter=tariff-solar scope=site role=sub direction=received interval=1h
2026-05-01T13:05Z norcross energy-supply-registered supply=green-tariff instrument=green-tariff energy_source=solar meter=tariff-solar start_on=2026-05-01
2026-05-01T13:05Z norcross energy-supply-registered supply=wind-recs instrument=certificates energy_source=wind start_on=2026-05-01
2026-07-14T04:00Z norcross intervals-recorded meter=revenue start=2026-07-14T04:00Z interval=1h power_of_ten=3 values=[15988,16209,16273,16019,16225,16178,16178,15750,15861,15355,15845,15608,16162,15750,5732,5732,5732,5732,5732,15640] quality=[17,17,17,17,17,17,17,17,17,17,17,17,17,17,17,17,17,17,17,17]
2026-07-15T00:00Z norcross intervals-recorded meter=revenue start=2026-07-15T00:00Z interval=1h power_of_ten=3 values=[15687,16083,15845,15924] quality=[17,17,17,17]
2026-07-14T04:00Z norcross intervals-recorded meter=facility start=2026-07-14T04:00Z interval=1h power_of_ten=3 values=[15988,16209,16273,16019,16225,16178,16178,15750,15861,15355,15845,15608,16162,15750,5732,5732,5732,5732,5732,15640] quality=[17,17,17,17,17,17,17,17,17,17,17,17,17,17,17,17,17,17,17,17]
2026-07-15T00:00Z norcross intervals-recorded meter=facility start=2026-07-15T00:00Z interval=1h power_of_ten=3 values=[15687,16083,15845,15924] quality=[17,17,17,17]
2026-07-14T04:00Z norcross intervals-recorded meter=it start=2026-07-14T04:00Z interval=1h power_of_ten=3 values=[13334,13518,13572,13360,13532,13492,13470,13006,12997,12496,12823,12580,12999,12665,4617,4634,4659,4690,4726,13000] quality=[17,17,17,17,17,17,17,17,17,17,17,17,17,17,17,17,17,17,17,17]
2026-07-15T00:00Z norcross intervals-recorded meter=it start=2026-07-15T00:00Z interval=1h power_of_ten=3 values=[13083,13413,13215,13281] quality=[17,17,17,17]
2026-07-14T04:00Z norcross intervals-recorded meter=tariff-solar start=2026-07-14T04:00Z interval=1h power_of_ten=3 values=[0,0,0,0,0,0,918,5095,10147,13198,15120,19176,19117,17962,19225,16165,12551,10522,5951,1934] quality=[17,17,17,17,17,17,17,17,17,17,17,17,17,17,17,17,17,17,17,17]
2026-07-15T00:00Z norcross intervals-recorded meter=tariff-solar start=2026-07-15T00:00Z interval=1h power_of_ten=3 values=[0,0,0,0] quality=[17,17,17,17]
2026-07-01T12:00Z norcross certificates-retired supply=wind-recs serials="NAR-DEMO-2026-07-1 to 3100" registry=NAR period=2026-07 energy=3100MWh retired_on=2026-08-18
2026-07-01T12:00Z norcross water-recorded connection=city-main water_source=municipal start_on=2026-07-01 stop_on=2026-08-01 unit=kgal withdrawn=905 consumed=643 method=billed
2026-07-01T12:00Z norcross water-recorded connection=purple-pipe water_source=reclaimed start_on=2026-07-01 stop_on=2026-08-01 unit=kgal withdrawn=2240 consumed=1747 method=metered
