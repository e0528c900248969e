"""contests/pure/versions.py: the canonical form of a result and its hash."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from contests.pure import results, versions, whatif
from contests.pure.bundle import Bundle
from contests.pure.scheme import Judge
from tests.contests.pure import samples


def data_of(material: Bundle) -> dict[str, object]:
    return versions.data_of(material, results.standings(material), {})


def test_canonical_json_sorts_keys_as_rfc_8785_does() -> None:
    data = {"\u20ac": 1, "\r": 2, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7, "\ufb33": [None, 'é\n"\\']}

    told = versions.canonical(data).decode()

    assert list(json.loads(told)) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert told.endswith('[null,"é\\n\\"\\\\"]}')


@given(samples.bundles())
def test_stored_and_read_again_the_hash_is_the_same(material: Bundle) -> None:
    data = data_of(material)
    stored = json.loads(json.dumps(data))

    assert versions.digest(stored) == versions.digest(data) == hashlib.sha256(versions.canonical(data)).hexdigest()


@given(st.data(), samples.bundles())
def test_the_order_of_marks_changes_no_hash(data: st.DataObject, material: Bundle) -> None:
    shuffled = replace(material, marks=tuple(data.draw(st.permutations(material.marks))))

    assert versions.digest(data_of(shuffled)) == versions.digest(data_of(material))


def test_another_mark_is_another_hash_and_no_judge_is_named() -> None:
    material = Bundle(
        samples.scheme(), tuple(samples.bundle.read(samples.files()).entries), (Judge("j1", "张伟"),),
        tuple(samples.marks("e1", "skill", 8)),
    )  # fmt: skip
    other = whatif.apply(material, [whatif.SetMark("e1", "skill", "j1", Decimal("8.25"))])

    assert versions.digest(data_of(other)) != versions.digest(data_of(material))
    assert "张伟".encode() not in versions.canonical(data_of(material))
    assert data_of(material)["panel"] == [["j1", "judge"]]
