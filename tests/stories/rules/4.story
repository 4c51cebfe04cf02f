# a reading is recorded once; the next hour is another
2026-02-11T00:00Z norcross intervals-recorded meter=r1 start=2026-02-11T00:00Z interval=1h power_of_ten=3 values=[31,32] quality=[17,17] id=0198a000-0000-7000-8000-000000000001
2026-02-11T01:00Z norcross intervals-recorded meter=r1 start=2026-02-11T01:00Z interval=1h power_of_ten=3 values=[32] quality=[17]
2026-02-11T02:00Z norcross intervals-recorded meter=r1 start=2026-02-11T02:00Z interval=1h power_of_ten=3 values=[33] quality=[17]
# a correction restates every interval of what it corrects
2026-02-11T01:00Z norcross intervals-recorded meter=r1 start=2026-02-11T01:00Z interval=1h power_of_ten=3 values=[30] quality=[8] corrects=[0198a000-0000-7000-8000-000000000001] reason=revised
2026-02-11T00:00Z norcross intervals-recorded meter=r1 start=2026-02-11T00:00Z interval=1h power_of_ten=3 values=[31,30] quality=[17,8] corrects=[0198a000-0000-7000-8000-000000000001] reason=revised
