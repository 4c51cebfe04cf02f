# energized above contracted, and with the name of who allowed it
2026-02-01T00:00Z norcross capacity-energized power=101MW point_of_delivery=north voltage=115kV
2026-02-01T00:00Z norcross capacity-energized power=100MW point_of_delivery=north voltage=115kV
2026-02-02T00:00Z norcross capacity-energized power=105MW point_of_delivery=north voltage=115kV approval="Georgia Power, letter of 30 January"
2026-02-03T00:00Z norcross capacity-deenergized power=60MW point_of_delivery=north cause="letter lapsed"
# blocks above energized
2026-02-04T00:00Z norcross load-block-commissioned block=m2 load_class=mining service_class=interruptible capacity=21MW feeds=[A]
2026-02-04T00:00Z norcross load-block-commissioned block=m2 load_class=mining service_class=interruptible capacity=20MW feeds=[A]
2026-02-05T00:00Z norcross load-block-rerated block=m2 capacity=25MW
2026-02-05T00:00Z norcross load-block-rerated block=m2 capacity=25MW approval="shift engineer, test of 5 February"
2026-02-06T00:00Z norcross load-block-rerated block=m2 capacity=15MW
# AI load waits until mining has given up its megawatts; approval does not help
2026-02-07T00:00Z norcross load-block-commissioned block=ai1 load_class=ai-hpc service_class=firm capacity=15MW feeds=[A,B] predecessor=m2 approval=nobody
2026-02-07T00:00Z norcross load-block-commissioned block=ai1 load_class=ai-hpc service_class=firm capacity=15MW feeds=[A,B] approval=nobody
2026-02-08T00:00Z norcross load-block-retired block=m2 cause=conversion successor=ai1
2026-02-08T00:00Z norcross load-block-commissioned block=ai1 load_class=ai-hpc service_class=firm capacity=15MW feeds=[A,B] predecessor=m2
# one derate at most the capacity
2026-02-09T00:00Z norcross outage-started block=m1 outage=o1 outage_class=planned derate=40.001MW cause=cleaning outside_management_control=false
2026-02-09T00:00Z norcross outage-started block=m1 outage=o1 outage_class=planned derate=40MW cause=cleaning outside_management_control=false
