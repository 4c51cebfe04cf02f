2026-07-25T12:00Z sandersville intervals-recorded meter=r1 start=2026-07-25T12:00Z interval=15min power_of_ten=3 values=[24100,-23950] quality=[0,0]
