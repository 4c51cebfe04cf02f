"""What several facts together mean: shared by reports, each of which is a function of the same figures."""
