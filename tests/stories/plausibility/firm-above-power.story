2026-07-25T12:00Z sandersville power-contracted agreement=ESA-2026-7 power=300MW firm=500MW start=2026-08-01T04:00Z
