# a firm block cannot be enrolled, an interruptible one can
2026-02-11T00:00Z norcross program-enrolled program=p1 operator="Georgia Power" agreement=A blocks=[m1,ai1] meters=[r1] method=meter-before-after committed=30MW notice=30min response=10min program_year_start=06-01 tz=America/New_York capped=false adjustment=none holidays=[]
2026-02-11T00:00Z norcross program-enrolled program=p1 operator="Georgia Power" agreement=A blocks=[m1] meters=[r1] method=meter-before-after committed=30MW notice=30min response=10min program_year_start=06-01 tz=America/New_York capped=false adjustment=none holidays=[]
# not more machines leave than came
2026-02-11T00:00Z norcross fleet-installed block=m1 model=s21 units=100 unit_hashrate=200TH/s unit_power=3500W
2026-02-12T00:00Z norcross fleet-removed block=m1 model=s21 units=101 unit_hashrate=200TH/s unit_power=3500W
2026-02-12T00:00Z norcross fleet-removed block=m1 model=s21 units=100 unit_hashrate=200TH/s unit_power=3500W
