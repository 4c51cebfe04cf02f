2026-07-20T03:02[America/New_York] sandersville incident-opened incident=trip summary="breaker 4 tripped"
2026-07-20T05:30[America/New_York] sandersville incident-observation-added incident=trip text="coil burnt"
2026-07-20T07:00[America/New_York] sandersville incident-closed incident=trip cause="coil of 1998" actions=["replace coil","inspect the others"]
