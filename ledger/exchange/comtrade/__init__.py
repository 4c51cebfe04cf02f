"""Recorder files (COMTRADE, IEEE C37.111) into excursions of voltage and frequency."""
