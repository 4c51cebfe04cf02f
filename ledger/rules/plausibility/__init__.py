"""Facts that are possible but unlikely: accepted, noted when they are recorded, and listed by ``doctor``
(DOMAIN 5).

Each rule is one entry in the list ``RULES`` of its family's file: its name, what it notes, the facts it looks
at, and its limit if it has one, which ``[plausibility]`` of ``book.toml`` may change. A rule is a pure
function of a record and of the facts beside it (``FactsBeside``). It is judged after all facts that were
recorded together, so that it sees an answer or an end that comes later in a file. Where two facts do not fit
together, the one recorded last is noted. ``records/doubts`` has the sentences that reports print too.

The rules are in ``blocks`` (a block, its outages and curtailments), ``dispatches`` (curtailments against
their dispatch), ``metering`` (loads, feeds and meters), ``dates``, ``sites`` (codes of master data),
``contracts``,
``payments`` (with expenditures) and ``corrections``; ``table`` joins them and runs them.
"""
