"""Pseudonyms: stable, told apart by key, turned back by its holder, never mixed with names."""

from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path

import pytest

from autograder.grade import find_submissions, under_pseudonyms
from autograder.term.pseudonyms import Key, make_key, read_key, require_one_naming
from glaucam.errors import InputError
from tests.autograder.term.conftest import ID

KEY, OTHER = Key(b"k" * 32), Key(b"l" * 32)


def test_a_pseudonym_is_stable_and_needs_the_key():
    assert KEY.pseudonym("ann") == "s-t3ims5u73sjl"
    assert KEY.pseudonym("ann") != OTHER.pseudonym("ann")
    assert KEY.pseudonym("ann") != KEY.pseudonym("bob")
    assert KEY.names(["ann", "bob"])[KEY.pseudonym("bob")] == "bob"
    assert "kkk" not in repr(KEY)


def test_a_new_key_is_its_owners_alone_and_never_written_over(tmp_path: Path):
    make_key(tmp_path / "key")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    key = read_key(tmp_path / "key")
    with pytest.raises(InputError, match="no new key is written"):
        make_key(tmp_path / "key")
    assert read_key(tmp_path / "key") == key


@pytest.mark.parametrize(("content", "said"), [(None, "no key to be read"), ("short", "holds 5")])
def test_a_missing_or_short_key_says_how_to_make_one(tmp_path: Path, content, said: str):
    if content:
        (tmp_path / "key").write_text(content)
    with pytest.raises(InputError, match=said) as caught:
        read_key(tmp_path / "key")
    assert "names --key" in str(caught.value)


def test_submissions_go_under_pseudonyms_in_their_order(class_of_five: Path):
    handed = under_pseudonyms(list(find_submissions(class_of_five, ID)), KEY)
    names = [h.student for h in handed]
    assert names == sorted(names)
    assert all(name.startswith("s-") for name in names)
    by_name = {h.student: h.folder.parent.name for h in handed}
    assert by_name[KEY.pseudonym("ann")] == "ann"


def test_a_run_has_one_naming(tmp_path: Path):
    require_one_naming(tmp_path, KEY)
    require_one_naming(tmp_path, KEY)
    for key in (OTHER, None):
        with pytest.raises(InputError, match="graded with --anonymous"):
            require_one_naming(tmp_path, key)
    named = tmp_path / "named"
    named.mkdir()
    (named / "run.json").write_text("{}")
    require_one_naming(named, None)
    with pytest.raises(InputError, match="under real names"):
        require_one_naming(named, KEY)


def test_the_keys_holder_lists_names(class_of_five: Path, tmp_path: Path, capsys, refused):
    from autograder.__main__ import main

    key = tmp_path / "key"
    words = ["names", "--key", str(key), "--submitted", str(class_of_five)]
    assert main([*words, "--make"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["student"] for row in rows} == {"'@eve<i>", "ann", "bob", "cem", "dee"}
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[read_key(key).pseudonym("ann")] == "ann"
    assert "is not a folder" in refused("names", "--key", key, "--submitted", tmp_path / "x")
