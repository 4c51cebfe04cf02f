"""What is possible but unlikely: taken, told when it is recorded, and listed by ``doctor`` (DOMAIN 5).

Each rule is one entry in the list ``RULES`` of its family's file: its name, what it notes, the facts it looks
at, and where it has one its limit, which ``[plausibility]`` of ``book.toml`` may change. A rule is a pure
function of a record and of what is known beside it (``FactsBeside``). It is judged after all facts that were
recorded together, so that an answer or an end that comes later in a file is seen. Of two facts that do not fit
together the one recorded last is noted. The sentences that reports print too are those of ``records/doubts``.

The rules are in ``blocks`` (a block, its outages and curtailments), ``dispatches`` (curtailments against their
dispatch), ``metering`` (loads, feeds and meters), ``dates``, ``sites`` (codes of master data), ``payments`` and
``corrections``; ``table`` joins them and asks them.
"""
