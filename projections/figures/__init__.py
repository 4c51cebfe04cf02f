"""Figures from several facts together: shared by reports, so that each figure is computed in one place."""
