2026-07-25T12:00Z sandersville commitment-made commitment=pilot counterparty="Washington County" instrument=pilot category=tax-payment comparator=at-least basis=cumulative periods=[2026] due_on=[2026-12-31] observed_on=[] cure_days=30 binding=true
2026-07-26T12:00Z sandersville payment-made commitment=pilot instalment=2026 paid_on=2062-07-26 amount=150000USD receipt=R-1
