"""Sixteen real contests with published results, through the database and back (shared data: skating)."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from contests.domain import bundles
from contests.models import Contest, Mark
from contests.pure import results
from contests.pure.bundle import FILES
from contests.queries.material import material_of
from tests.factories.contests import AT

SKATING = Path(__file__).resolve().parents[3] / "shared" / "data" / "skating"
FOLDERS = sorted(path.parent for path in SKATING.glob("*/contest.toml"))

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FOLDERS, reason=f"THE OFFICIAL RESULTS ARE NOT CHECKED: no bundles under {SKATING}"),
]


def files_of(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}


def official(folder: Path) -> dict[str, tuple[str, str]]:
    text = (folder / "official.csv").read_text(encoding="utf-8-sig")
    return {row["entry"]: (row["rank"], row["total"]) for row in csv.DictReader(io.StringIO(text))}


def computed(contest: Contest) -> dict[str, tuple[str, str]]:
    return {
        standing.entry.entry: (str(standing.rank or ""), str(standing.total))
        for standing in results.standings(material_of(contest))
    }


def test_all_sixteen_bundles_are_there() -> None:
    assert len(FOLDERS) == 16


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name.removeprefix("grand-prix-final-2017-"))
def folder(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_the_database_gives_the_published_ranks_and_totals(folder: Path) -> None:
    contest = bundles.import_bundle(files=files_of(folder), by=None, at=AT)

    assert computed(contest) == official(folder)


def test_what_is_exported_imports_again_and_scores_the_same(folder: Path) -> None:
    contest = bundles.import_bundle(files=files_of(folder), by=None, at=AT)
    first = bundles.export_bundle(contest=contest)
    marks = Mark.objects.count()

    again = bundles.import_bundle(files=first, by=None, at=AT, is_replacing=True)

    assert bundles.export_bundle(contest=again) == first
    assert computed(again) == official(folder)
    assert Mark.objects.count() == marks
