# A site with a program that measures by the hour before, and one AI block beside the mining; a call on a July afternoon.
2026-06-01T09:00[America/New_York] dalton site-registered name="Dalton" county=Whitfield state=GA tz=America/New_York balancing_authority=TVA utility="Dalton Utilities" parcels=[] site_class=training
2026-06-01T09:01[America/New_York] dalton power-contracted agreement=A power=150MW firm=20MW start=2026-06-01T13:01Z
2026-06-01T09:02[America/New_York] dalton capacity-energized power=130MW point_of_delivery=P voltage=115kV
2026-06-01T10:00[America/New_York] dalton load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-01T10:00[America/New_York] dalton load-block-commissioned block=ai1 load_class=ai-hpc service_class=firm capacity=20MW feeds=[A,B]
2026-06-01T10:30[America/New_York] dalton meter-registered meter=m1-feeder scope=m1 role=revenue direction=delivered interval=1h
2026-06-01T10:30[America/New_York] dalton meter-registered meter=ai1-feeder scope=ai1 role=revenue direction=delivered interval=1h
2026-06-02T09:00[America/New_York] dalton program-enrolled program=ip operator=TVA agreement=IP30 blocks=[m1] meters=[m1-feeder] method=meter-before-after baseline_intervals=1 notice=30min response=10min program_year_start=10-01 tz=America/Chicago capped=true adjustment=none holidays=[]
2026-07-14T13:00[America/New_York] dalton dispatch-notified dispatch=d1 program=ip dispatch_class=emergency mode=reduce-by target=80MW start=2026-07-14T14:00[America/New_York] stop=2026-07-14T18:00[America/New_York]
2026-07-14T13:04[America/New_York] dalton dispatch-acknowledged dispatch=d1
2026-07-14T14:00[America/New_York] dalton curtailment-started dispatch=d1 block=m1 depth=80MW
2026-07-14T14:08[America/New_York] dalton curtailment-target-reached dispatch=d1 block=m1 load=20MW
2026-07-14T15:10[America/New_York] dalton feed-state-changed block=ai1 feed=A state=down
2026-07-14T15:40[America/New_York] dalton feed-state-changed block=ai1 feed=B state=down
2026-07-14T15:46[America/New_York] dalton feed-state-changed block=ai1 feed=B state=up
2026-07-14T18:00[America/New_York] dalton curtailment-ended dispatch=d1 block=m1
2026-07-14T13:00[America/New_York] dalton intervals-recorded meter=m1-feeder start=2026-07-14T17:00Z interval=1h power_of_ten=6 values=[100,18,15,20,35,97] quality=[17,17,17,17,17,17] id=019f5a70-0000-8000-8000-000000000001 source=july.xml sha256=1111111111111111111111111111111111111111111111111111111111111111
2026-07-14T13:00[America/New_York] dalton intervals-recorded meter=ai1-feeder start=2026-07-14T17:00Z interval=1h power_of_ten=6 values=[18,18,17,18,18,18] quality=[17,17,17,17,17,17]
2026-07-20T09:00[America/New_York] dalton dispatch-settled dispatch=d1 statement=S-7 credit=12800USD penalty=0USD reported=97.5%
