2026-07-25T12:00Z sandersville meter-registered meter=r2 scope=m7 role=sub direction=delivered interval=15min
