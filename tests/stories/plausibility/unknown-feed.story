2026-07-25T12:00Z sandersville feed-state-changed block=m1 feed=C state=down
