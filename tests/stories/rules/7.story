# a record is corrected once; then its correction is what can be corrected
2026-02-09T00:00Z norcross outage-started block=m1 outage=o2 outage_class=planned derate=10MW cause=cleaning outside_management_control=false id=0198a000-0000-7000-8000-000000000002
2026-02-09T00:00Z norcross outage-started block=m1 outage=o2 outage_class=planned derate=12MW cause=cleaning outside_management_control=false corrects=[0198a000-0000-7000-8000-00000000000f] reason=typo
2026-02-09T00:00Z norcross outage-ended outage=o2 corrects=[0198a000-0000-7000-8000-000000000002] reason=typo
2026-02-09T00:00Z norcross outage-started block=m1 outage=o2 outage_class=planned derate=12MW cause=cleaning outside_management_control=false corrects=[0198a000-0000-7000-8000-000000000002] reason=typo id=0198a000-0000-7000-8000-000000000003
2026-02-09T00:00Z norcross outage-started block=m1 outage=o2 outage_class=planned derate=13MW cause=cleaning outside_management_control=false corrects=[0198a000-0000-7000-8000-000000000002] reason=typo
2026-02-09T00:00Z norcross outage-started block=m1 outage=o2 outage_class=planned derate=13MW cause=cleaning outside_management_control=false corrects=[0198a000-0000-7000-8000-000000000003] reason=typo
# what the class says must be the target's; without it the class is filled in
2026-02-12T00:00Z norcross intervals-recorded meter=r1 start=2026-02-12T00:00Z interval=1h power_of_ten=3 values=[31] quality=[17] id=0198a000-0000-7000-8000-000000000004
2026-02-09T00:00Z norcross event-retracted corrects=[0198a000-0000-7000-8000-000000000004] reason="other meter" class=operations
2026-02-09T00:00Z norcross event-retracted corrects=[0198a000-0000-7000-8000-000000000004] reason="other meter"
