"""Files of rules: what is wrong in one is named with what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.app.watch.rules import read_rules
from ledger.errors import Malformed

WRONG = {
    "rule = []": "has no [[rule]]",
    "[[rule]]\nname = 'a'\non = 'dew'": "'dew'",
    "[[rule]]\non = 'due'": "name",
    "[[rule]]\nname = ' '\non = 'due'": "needs a name",
    "[[rule]]\nname = 'a'\non = 'due'\nwithn = '3d'": "withn",
    "[[rule]]\nname = 'a'\non = 'due'\nwithin = 'soon'": "rule 'a': within must be such as 7d",
    "[[rule]]\nname = 'a'\non = 'due'\nreports = ['uptime']": "reports has no 'uptime'; there are",
    "[[rule]]\nname = 'a'\non = 'open'\nwhat = ['outages']": "what has no 'outages'; there are directive, incident",
    "[[rule]]\nname = 'a'\non = 'unlikely'\nrules = ['x']": "rules has no 'x'; there are",
    "[[rule]]\nname = 'a'\non = 'due'\n[[rule]]\nname = 'a'\non = 'open'": "two rules are called 'a'",
    "[[rule]": "wattledger help watch",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text)
    with pytest.raises(Malformed) as told:
        read_rules(path)
    assert WRONG[text] in str(told.value)
