2026-07-25T12:00Z sandersville intervals-recorded meter=r1 start=2026-07-25T12:00Z interval=1h power_of_ten=3 values=[24100] quality=[0]
