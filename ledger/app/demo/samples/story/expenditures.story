# Two Georgia sites of the demonstration under the exemption of 560-12-2-.117: a training site in Washington
# County (19,988 people in 2020) and a metro site in Gwinnett County (957,062 people in 2020).

2026-01-02T15:00Z sandersville exemption-granted exemption=ga-dc authority="Georgia Department of Revenue" rule=ga-560-12-2-117 certificate=C-1 county_population=19988 min_weekly_hours=30 wage_floor=22.50USD starts_on=2026-01-01
2026-01-05T15:00Z sandersville expenditure-recorded exemption=ga-dc expenditure=inv-0990 category=construction amount=300000.00USD incurred_on=2025-12-20 paid_on=2026-01-05 vendor=vendor-b what="clearing the site"
2026-02-10T15:00Z sandersville expenditure-recorded exemption=ga-dc expenditure=inv-1001 category=design amount=400000.00USD incurred_on=2026-02-10 vendor=vendor-c what="electrical design"
2026-03-03T15:00Z sandersville expenditure-recorded exemption=ga-dc expenditure=inv-1010 category=land amount=1200000.00USD incurred_on=2026-03-02 vendor=vendor-d what="parcel 2" excluded="land is neither design, construction nor equipment"
2026-05-21T15:00Z sandersville expenditure-recorded exemption=ga-dc expenditure=inv-1042 category=power-equipment amount=6000000.00USD incurred_on=2026-04-20 paid_on=2026-05-20 vendor=vendor-a what="two transformers"
2026-06-15T15:00Z sandersville expenditure-recorded exemption=ga-dc expenditure=inv-1055 category=cooling-equipment amount=2100000.00USD incurred_on=2026-06-15 vendor=vendor-e what="dry coolers"
2026-07-08T15:00Z sandersville expenditure-recorded exemption=ga-dc expenditure=inv-1077 category=it-equipment amount=9500000.00USD incurred_on=2026-07-08 vendor=vendor-f what="racks of servers"
2026-04-02T15:00Z sandersville positions-reported exemption=ga-dc position_class=technician as_of_on=2026-04-01 positions=4 qualifying=4 weekly_hours=160 weekly_pay=4800.00USD
2026-07-02T15:00Z sandersville positions-reported exemption=ga-dc position_class=electrician as_of_on=2026-07-01 positions=3 qualifying=2 weekly_hours=100 weekly_pay=3900.00USD

2025-10-02T15:00Z norcross exemption-granted exemption=ga-metro authority="Georgia Department of Revenue" rule=ga-560-12-2-117 certificate=C-7 county_population=957062 min_weekly_hours=30 wage_floor=24.00USD starts_on=2025-10-01
2025-10-02T15:10Z norcross expenditure-recorded exemption=ga-metro expenditure=inv-2003 category=design amount=800000.00USD incurred_on=2025-09-15 paid_on=2025-10-02 vendor=vendor-c what="layout of the AI block"
2025-11-20T15:00Z norcross expenditure-recorded exemption=ga-metro expenditure=inv-2017 category=power-equipment amount=9800000.00USD incurred_on=2025-11-18 vendor=vendor-a what="switchgear and UPS"
2026-01-22T15:00Z norcross expenditure-recorded exemption=ga-metro expenditure=inv-2031 category=cooling-equipment amount=5100000.00USD incurred_on=2026-01-20 vendor=vendor-e what="liquid cooling"
2026-02-26T15:00Z norcross expenditure-recorded exemption=ga-metro expenditure=inv-2040 category=it-equipment amount=62000000.00USD incurred_on=2026-02-24 paid_on=2026-02-26 vendor=vendor-f what="servers of the AI block"
2026-03-12T15:00Z norcross expenditure-recorded exemption=ga-metro expenditure=inv-2044 category=network-equipment amount=6500000.00USD incurred_on=2026-03-10 vendor=vendor-g what="switches and optics"
2026-01-02T15:00Z norcross positions-reported exemption=ga-metro position_class=technician as_of_on=2026-01-01 positions=10 qualifying=9 weekly_hours=390 weekly_pay=11200.00USD
2026-07-02T15:00Z norcross positions-reported exemption=ga-metro position_class=technician as_of_on=2026-07-01 positions=15 qualifying=14 weekly_hours=590 weekly_pay=17100.00USD
