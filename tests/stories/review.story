2026-07-21T09:00[America/New_York] sandersville incident-action-agreed incident=trip action=coils what="inspect all coils of 1998" owner="electrical lead" due_on=2026-08-15
2026-07-21T09:00[America/New_York] sandersville incident-action-agreed incident=trip action=photo what="photo of the burnt coil to the maker" owner="shift lead" due_on=2026-07-24
2026-07-23T16:00[America/New_York] sandersville incident-action-done incident=trip action=photo result="sent"
