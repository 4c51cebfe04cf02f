2026-03-01T00:00Z norcross lease-phase-opened lease=l1 phase=ph1 tenant=oak critical=10MW
# basis of design may precede execution; execution needs terms
2026-03-02T00:00Z norcross lease-milestone-reached phase=ph1 milestone=basis-of-design-concluded
2026-03-03T00:00Z norcross lease-milestone-reached phase=ph1 milestone=lease-executed
2026-03-03T00:00Z norcross lease-terms-recorded phase=ph1 version=1 target_rfs_on=2026-09-01 tiers=[2mo:1,3mo:2] extension_causes=[weather] notice_days=10
2026-03-04T00:00Z norcross lease-milestone-reached phase=ph1 milestone=notice-to-proceed
2026-03-04T00:00Z norcross lease-milestone-reached phase=ph1 milestone=notice-to-proceed at_risk=true
2026-03-05T00:00Z norcross lease-milestone-reached phase=ph1 milestone=lease-executed
# commissioning level by level, or waived
2026-06-01T00:00Z norcross commissioning-level-passed phase=ph1 system=cooling level=1
2026-06-02T00:00Z norcross commissioning-level-passed phase=ph1 system=cooling level=3
2026-06-02T00:00Z norcross commissioning-level-passed phase=ph1 system=cooling level=3 waived_by="Oak Compute"
2026-06-03T00:00Z norcross commissioning-level-passed phase=ph1 system=cooling level=4
# ready for service: substantial completion, level 5 of every system, power for the critical load
2026-06-04T00:00Z norcross lease-milestone-reached phase=ph1 milestone=ready-for-service-offered
2026-06-05T00:00Z norcross lease-milestone-reached phase=ph1 milestone=substantial-completion
2026-06-06T00:00Z norcross lease-milestone-reached phase=ph1 milestone=ready-for-service-offered
2026-06-07T00:00Z norcross commissioning-level-passed phase=ph1 system=cooling level=5
2026-06-08T00:00Z norcross lease-milestone-reached phase=ph1 milestone=power-on power=9MW
2026-06-09T00:00Z norcross lease-milestone-reached phase=ph1 milestone=ready-for-service-offered
2026-06-10T00:00Z norcross lease-milestone-reached phase=ph1 milestone=power-on power=10MW
2026-06-11T00:00Z norcross lease-milestone-reached phase=ph1 milestone=ready-for-service-offered
# rent begins when it is accepted
2026-06-12T00:00Z norcross lease-milestone-reached phase=ph1 milestone=commencement
2026-06-13T00:00Z norcross lease-milestone-reached phase=ph1 milestone=ready-for-service-accepted
2026-06-14T00:00Z norcross lease-milestone-reached phase=ph1 milestone=commencement
# terminated is final; money that was held is still given back
2026-06-14T00:00Z norcross credit-support-recorded phase=ph1 instrument=letter amount=1000000USD
2026-06-15T00:00Z norcross lease-terminated phase=ph1 cause="tenant insolvent"
2026-06-16T00:00Z norcross lease-forecast-set phase=ph1 milestone=commencement forecast_on=2026-10-01
2026-06-16T00:00Z norcross credit-support-released phase=ph1 instrument=letter amount=1000000USD
