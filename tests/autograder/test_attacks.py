"""The table of attacks: large enough, complete, and the one that README.md shows."""

from __future__ import annotations

import json

from autograder.__main__ import main
from autograder.attacks import as_table, attacks
from autograder.source import ROOT


def test_the_readme_shows_the_table_that_the_command_prints(capsys):
    assert main(["attacks"]) == 0
    assert capsys.readouterr().out.strip() == as_table()
    readme = (ROOT / "autograder" / "README.md").read_text(encoding="utf-8")
    assert as_table() in readme, "put the output of `python -m autograder attacks` into README.md"


def test_each_attack_says_what_it_tries_and_where_it_works(capsys):
    assert main(["attacks", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found) == len(list(attacks())) >= 40
    assert all(row["tries"] and row["harm"] for row in found)
    assert len({(row["where"], row["name"]) for row in found}) == len(found)
    assert {"a2_train", "a3_gradcam", "a5_errors", "any file"} == {row["where"] for row in found}
