"""engine/proof/facts.py: records in words."""

from __future__ import annotations

from django.utils.translation import override

from engine.proof.facts import worded

RECORD = (
    '{"amount":20,"at":"2026-11-26T21:52:37.234763Z","by":null,"credit":"wallet:100240","debit":"budget:plant-1",'
    '"flags":[],"reason":"班组安全积分","timeout_minutes":0,"unheard":{"a":1}}'
).encode()


def test_a_record_is_read_in_words_and_local_time() -> None:
    with override("zh-hans"):
        assert worded(RECORD) == [
            ("积分", "20"), ("时间", "2026-11-27 05:52:37"), ("转入", "100240 的积分账户"), ("转出", "plant-1 的积分预算"),
            ("理由", "班组安全积分"), ("unheard", '{"a": 1}'),
        ]  # fmt: skip


def test_an_erased_record_says_nothing_and_a_bare_value_itself() -> None:
    assert worded(None) == []
    assert worded(b'"x"') == [("", "x")]
