# excursions of the Texas sites in the summer of 2026, what the mining did, and the changes behind it
2026-03-02T16:00Z abilene facility-changed change=ups-1 category=settings what="UPS transfer at 70 % after 40 ms in place of 85 % after 10 ms" block=m1
2025-10-20T15:00Z abilene model-submitted model=dynamic submitted_to=ERCOT
2026-08-14T20:31:07Z abilene excursion-recorded excursion=fault-0814 quantity=voltage duration=180ms voltage=42% nominal=138kV offset=350ms phases=[A,B] voltage_levels=[90%,80%,50%] levels_held=[180ms,170ms,95ms]
2026-08-14T20:31:07Z abilene load-response-recorded excursion=fault-0814 block=m1 response=tripped initiated_by=protection before=95MW minimum=12MW after_1s=12MW after_10s=30MW after_5min=88MW recovered=94MW recovery=540s restored=by-hand
2026-08-14T20:36:07Z abilene excursion-communicated excursion=fault-0814 communicated_to="ERCOT shift desk" channel=telephone
2026-08-20T15:00Z abilene facility-changed change=psu-fw category=firmware what="power supplies hold for 300 ms" block=m1
2026-09-10T15:00Z abilene model-verified model=dynamic verified_by="study engineers" changes=[ups-1]
2026-09-02T21:00:05Z abilene excursion-recorded excursion=storm-1 quantity=voltage duration=120ms voltage=65% nominal=138kV phases=[C]
2026-09-02T21:00:05Z abilene load-response-recorded excursion=storm-1 block=m1 response=rode-through initiated_by=protection before=95MW minimum=62MW after_1s=94MW recovered=95MW recovery=800ms restored=by-itself
2026-09-02T21:00:25Z abilene excursion-recorded excursion=storm-2 quantity=voltage duration=110ms voltage=66% nominal=138kV phases=[C]
2026-09-02T21:00:25Z abilene load-response-recorded excursion=storm-2 block=m1 response=rode-through initiated_by=protection before=95MW minimum=63MW recovered=95MW recovery=900ms restored=by-itself
2026-09-02T21:00:50Z abilene excursion-recorded excursion=storm-3 quantity=voltage duration=140ms voltage=61% nominal=138kV phases=[B,C]
2026-09-02T21:00:50Z abilene load-response-recorded excursion=storm-3 block=m1 response=rode-through initiated_by=protection before=95MW minimum=58MW after_1s=60MW after_10s=95MW recovered=95MW recovery=4s restored=by-itself
2026-09-02T21:09Z abilene excursion-communicated excursion=storm-3 communicated_to="ERCOT shift desk"
2026-09-22T18:04:30Z abilene excursion-recorded excursion=frequency-0922 quantity=frequency duration=12s frequency=58.6Hz
2026-09-22T18:04:30Z abilene load-response-recorded excursion=frequency-0922 block=m1 response=rode-through initiated_by=protection before=95MW minimum=94MW
2026-09-18T10:12:44Z pecos excursion-recorded excursion=bolted quantity=voltage duration=600ms voltage=12% nominal=138kV phases=[A,B,C] voltage_levels=[90%,20%] levels_held=[600ms,400ms]
2026-09-18T10:12:44Z pecos load-response-recorded excursion=bolted block=m1 response=tripped initiated_by=protection before=70MW minimum=0MW after_10s=0MW after_5min=70MW recovered=70MW recovery=240s restored=by-itself
2026-09-20T19:30Z pecos excursion-recorded excursion=sag quantity=voltage duration=1200ms voltage=88% nominal=138kV
2026-09-20T19:30Z pecos load-response-recorded excursion=sag block=m1 response=tripped initiated_by=customer before=70MW minimum=10MW
2026-06-15T15:00Z pecos facility-changed change=relay-27 category=settings what="undervoltage relay 27 from 0.85 to 0.45"
2026-09-01T14:00Z pecos communication-tested channel="all-call line" counterparty="ERCOT shift desk" passed=true answered=12s
2026-09-01T14:05Z abilene communication-tested channel="all-call line" counterparty="ERCOT shift desk" passed=false
2026-09-25T08:00Z lubbock excursion-recorded excursion=sag quantity=voltage duration=200ms voltage=70% nominal=115kV
2026-09-25T08:00Z lubbock load-response-recorded excursion=sag block=m1 response=transferred initiated_by=protection before=30MW minimum=4MW
