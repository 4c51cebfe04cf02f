2026-07-26T11:00Z sandersville dispatch-notified dispatch=d12 dispatch_class=emergency mode=reduce-by target=80MW start=2026-07-26T12:00Z
