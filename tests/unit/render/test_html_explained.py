"""How figures were worked out, on the page of a report: a figure leads to its explanation, folded and without a
script.
"""

from __future__ import annotations

import re

from projections.render import html
from tests.support.row_replay import Heard

BOOK = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[] site_class=training
2026-06-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[]
2026-07-14T18:00Z s1 outage-started block=m1 outage=o1 outage_class=forced-u1 derate=100MW cause="<b>x</b>" outside_management_control=false
2026-07-14T20:00Z s1 outage-ended outage=o1
"""


def page(heard: Heard) -> str:
    heard.at("2026-08-01T00:00Z", BOOK)
    return html.render(heard.report("uptime", period="2026-07")).decode()


def test_every_link_of_a_figure_leads_to_an_explanation_on_the_page(heard: Heard) -> None:
    made = page(heard)
    links = set(re.findall(r'<td[^>]*><a href="#(x[\d-]+)">', made))
    assert links == set(re.findall(r'<div class="why" id="(x[\d-]+)">', made)) != set()


def test_the_records_behind_a_figure_stand_there_and_cannot_be_taken_for_markup(heard: Heard) -> None:
    made = page(heard)
    assert ("outage-started block=m1" in made, "&lt;b&gt;x" in made, "<b>x" in made) == (True, True, False)


def test_an_explanation_is_folded_and_needs_no_script(heard: Heard) -> None:
    made = page(heard)
    assert (made.count("<details>") > 0, "<script" in made, "onclick" in made) == (True, False, False)
