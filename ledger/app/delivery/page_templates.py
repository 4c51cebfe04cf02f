"""Templates of pages and the style of their drawings, for the service: ``projections/render`` makes both."""

from __future__ import annotations

from projections.render.charts.paint import STYLE as DRAWINGS
from projections.render.templating import environment, markup

__all__ = ["DRAWINGS", "environment", "markup"]
