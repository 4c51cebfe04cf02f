2026-07-24T10:00Z sandersville power-contracted agreement=ESA-1 power=300MW firm=20MW start=2026-07-24T10:00Z
2026-07-24T10:00Z sandersville load-block-commissioned block=ai1 load_class=ai-hpc service_class=firm capacity=20MW feeds=[A,B]
2026-07-24T10:00Z sandersville meter-registered meter=r1 scope=site role=revenue direction=delivered interval=15min
2026-07-24T10:00Z sandersville program-enrolled program=dr1 operator="Georgia Power" agreement=DR-1 blocks=[m1] meters=[r1] method=meter-before-after committed=80MW notice=30min response=10min program_year_start=06-01 tz=America/New_York capped=false adjustment=none holidays=[]
2026-07-25T11:00Z sandersville dispatch-notified dispatch=d10 dispatch_class=emergency mode=reduce-by target=20MW start=2026-07-25T12:00Z
2026-07-25T11:00Z sandersville dispatch-acknowledged dispatch=d10
2026-07-25T11:00Z sandersville dispatch-notified dispatch=d11 program=dr1 dispatch_class=firm-load-shed mode=reduce-by target=20MW start=2026-07-25T12:00Z
2026-07-25T11:00Z sandersville dispatch-acknowledged dispatch=d11
