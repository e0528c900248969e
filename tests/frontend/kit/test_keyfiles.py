"""frontend/kit/keyfiles.py: one key, whole, for its owner alone, whoever comes at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from frontend.kit.keyfiles import secret_bytes

ROOT = Path(__file__).resolve().parents[3]


def test_key_is_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "key"

    key = secret_bytes(place, size=32)

    assert (len(key), secret_bytes(place, size=32)) == (32, key)
    assert place.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in place.parent.iterdir()] == ["key"]


def test_key_that_was_cut_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"short")

    with pytest.raises(ValueError, match="backup"):
        secret_bytes(tmp_path / "key", size=32)


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    code = (
        f"from frontend.kit.keyfiles import secret_bytes; print(secret_bytes({str(tmp_path / 'key')!r}, size=32).hex())"
    )

    running = [
        subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _turn in range(6)
    ]

    assert len({process.communicate(timeout=60)[0] for process in running}) == 1
