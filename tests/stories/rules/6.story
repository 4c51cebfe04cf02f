2026-03-01T00:00Z norcross commitment-made commitment=jobs counterparty="Gwinnett County" instrument=pilot category=jobs target=20 comparator=at-least basis=point-in-time periods=[2026-Q1] due_on=[2026-04-30] observed_on=[] cure_days=30 binding=true
# met, or any value, needs evidence first
2026-04-20T00:00Z norcross commitment-assessed commitment=jobs period=2026-Q1 value=21 verdict=met assessor=county evidence=[]
2026-04-20T00:00Z norcross commitment-assessed commitment=jobs period=2026-Q1 verdict=pending assessor=county evidence=[]
2026-04-19T00:00Z norcross evidence-recorded commitment=jobs period=2026-Q1 value=21 document_sha256=5f1d3c0a5f1d3c0a5f1d3c0a5f1d3c0a5f1d3c0a5f1d3c0a5f1d3c0a5f1d3c0a
2026-04-21T00:00Z norcross commitment-assessed commitment=jobs period=2026-Q1 value=21 verdict=met assessor=county evidence=[0198a000-0000-7000-8000-0000000000ff]
2026-04-21T00:00Z norcross commitment-assessed commitment=jobs period=2026-Q1 value=21 verdict=met assessor=county evidence=[]
# a receipt pays once
2026-04-22T00:00Z norcross payment-made commitment=jobs instalment=first paid_on=2026-04-22 amount=100USD receipt=R-1
2026-04-23T00:00Z norcross payment-made commitment=jobs instalment=second paid_on=2026-04-23 amount=100USD receipt=R-1
2026-04-23T00:00Z norcross payment-made commitment=jobs instalment=second paid_on=2026-04-23 amount=100USD receipt=R-2
# amendments in their order
2026-05-01T00:00Z norcross commitment-amended commitment=jobs start_on=2026-05-01 target=18
2026-04-30T23:59Z norcross commitment-amended commitment=jobs start_on=2026-04-01 target=17
2026-05-01T00:00Z norcross commitment-amended commitment=jobs start_on=2026-05-01 target=19
