"""The command prints what the pure core says, one line a file."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

DOCUMENT = {
    "policy": {"name": "leave", "steps": [{"key": "unit", "approvers": ["user:b"], "mode": "all"}]},
    "people": {"a": {"unit": "shop-1"}, "b": {"unit": "shop-1"}},
    "units": {"shop-1": {"head": "b"}},
    "applicant": "a",
    "actions": [
        {"by": "a", "do": "submit"},
        {"by": "c", "do": "approve"},
        {"by": "b", "do": "approve", "note": "同意"},
    ],
}


def replayed(*paths):
    out = StringIO()
    call_command("approval", "replay", *map(str, paths), stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture
def recorded(tmp_path):
    path = tmp_path / "leave.json"
    path.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    return path


def test_replay_prints_the_state_after_every_action(recorded):
    [shown] = replayed(recorded)

    first = {"status": "running", "round": 1, "steps": {"unit": "open"}, "waiting": ["b"], "returns": ["applicant"]}
    assert shown[0] == first
    assert {key: value for key, value in shown[1].items() if key != "error"} == first
    assert isinstance(shown[1]["error"], str)
    assert shown[2] == {"status": "approved", "round": 1, "steps": {"unit": "passed"}, "waiting": [], "returns": []}


def test_replay_of_two_files_prints_two_lines(recorded):
    one, other = replayed(recorded, recorded)

    assert one == other


@pytest.mark.parametrize("content", ["{", "[]", '{"policy": {"steps": []}, "applicant": "a"}', '{"applicant": "a"}'])
def test_replay_of_something_else_says_which_file(tmp_path, content):
    path = tmp_path / "broken.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(CommandError, match=r"broken\.json"):
        replayed(path)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("policy", [], r"policy must be an object, not \[\]"),
        ("applicant", None, "applicant must be a text$"),
        ("actions", {"by": "a"}, "actions must be a list"),
        ("actions", {}, r"actions must be a list, not \{\}"),
        ("actions", None, "actions must be a list$"),
        ("people", [], r"people must be an object, not \[\]"),
        ("people", {"a": {"unit": 0}}, r"people\.a\.unit must be a text, not 0"),
        ("units", "", "units must be an object, not ''"),
        ("people", {"a": "shop-1"}, r"people\.a must be an object"),
        ("units", {"shop-1": {"head": ["b"]}}, r"units\.shop-1\.head must be a text"),
        ("roles", {"expert": "x"}, r"roles\.expert must be a list"),
        ("panels", {"safety": ["x", 7]}, r"panels\.safety\[1\] must be a text, not 7"),
    ],
)
def test_replay_names_the_field_that_has_another_shape(tmp_path, field, value, said):
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(DOCUMENT | {field: value}), encoding="utf-8")

    with pytest.raises(CommandError, match=said):
        replayed(path)


def test_replay_of_a_block_with_two_branches_of_one_name_is_refused(tmp_path):
    """Of two branches with the same name JSON would keep the last, and its approvers alone would be asked."""
    steps = (
        '[{"parallel": {"B": [{"key": "x", "approvers": ["user:b"]}], "B": [{"key": "y", "approvers": ["user:c"]}]}}]'
    )
    path = tmp_path / "twice.json"
    path.write_text(f'{{"policy": {{"steps": {steps}}}, "applicant": "a", "actions": []}}', encoding="utf-8")

    with pytest.raises(CommandError, match=r"twice\.json: 'B' stands twice in one object"):
        replayed(path)


def test_replay_of_a_bottomless_file_says_so(tmp_path):
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000, encoding="utf-8")

    with pytest.raises(CommandError, match="nested too deeply"):
        replayed(path)
