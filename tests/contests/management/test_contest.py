"""manage.py contest: bundles in and out on the command line."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from contests.models import Contest, Mark
from tests.factories.people import Company

RULES = """\
[contest]
code = "welding-2026"
title = "焊工"
places = 2

[[group]]
code = "practical"
title = "实操"

[[aspect]]
code = "seam"
group = "practical"
title = "焊缝"
kind = "judgement"
min = 0
max = 10
step = 0.5
combine = "mean"

[ranking]
order = ["total"]
"""
FILES = {
    "contest.toml": RULES,
    "entries.csv": "entry,name,start_order,unit,status\n1,赵磊,1,甲班,\n2,=cmd,2,,\n3,钱五,3,,dns\n",
    "judges.csv": "judge,name,role\nJ1,张敏,judge\nJ2,刘洋,judge\n",
    "marks.csv": "entry,aspect,judge,value\n1,seam,J1,8.5\n1,seam,J2,9\n2,seam,J1,9\n2,seam,J2,9.5\n",
}
RESULTS = "rank,entry,name,unit,total,practical\n1,2,=cmd,,9.25,9.25\n2,1,赵磊,甲班,8.75,8.75\n,3,钱五,,0.00,0.00\n"

pytestmark = pytest.mark.django_db


def write(folder: Path, **changes: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in (FILES | {name.replace("_", "."): text for name, text in changes.items()}).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def run(*arguments: object) -> tuple[str, str, str]:
    out, errors = io.StringIO(), io.StringIO()
    try:
        with transaction.atomic():  # the outermost one of a real run
            call_command("contest", *map(str, arguments), stdout=out, stderr=errors)
    except CommandError as error:
        return out.getvalue(), errors.getvalue(), str(error)
    return out.getvalue(), errors.getvalue(), ""


def test_an_imported_bundle_gives_its_results_as_csv_and_json(tmp_path: Path) -> None:
    said = run("import", write(tmp_path / "in"))

    assert said == ("welding-2026\n", "", "")
    assert run("results", "welding-2026", "--format", "csv")[0] == RESULTS
    rows = json.loads(run("results", "welding-2026", "--format", "json")[0])
    assert rows[0] == {
        "rank": 1, "entry": "2", "name": "=cmd", "unit": "", "status": "", "total": "9.25", "groups": {"practical": "9.25"},
    }  # fmt: skip


def test_an_export_imports_again_to_equal_results(tmp_path: Path) -> None:
    run("import", write(tmp_path / "in"))

    run("export", "welding-2026", tmp_path / "out" / "deep")
    said = run("import", tmp_path / "out" / "deep", "--replace")

    assert said[2] == ""
    assert (tmp_path / "out" / "deep" / "results.csv").read_text(encoding="utf-8") == RESULTS
    assert run("results", "welding-2026")[0] == RESULTS


def test_a_faulty_bundle_names_every_fault_and_stores_nothing(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "in",
        marks_csv="entry,aspect,judge,value\n1,seam,J1,8.3\n9,seam,J1,8\n1,seam,J9,11\n",
        judges_csv="judge,name,role\nJ1,张敏,king\n",
    )

    out, errors, refusal = run("import", folder)

    places = [line.split(": ")[0] for line in errors.splitlines()]
    assert places == ["judges.csv:2:7", "marks.csv:2:11", "marks.csv:3:1", "marks.csv:4:8", "marks.csv:4:11"]
    assert all("expected" in line for line in errors.splitlines())
    assert (out, refusal) == ("", "5 faults: nothing is stored.")
    assert not Contest.objects.exists()


def test_a_taken_code_is_refused_and_replaced_on_request(tmp_path: Path) -> None:
    folder = write(tmp_path / "in")
    run("import", folder)

    refusal = run("import", folder)[2]
    said = run("import", folder, "--replace")

    assert "--replace" in refusal
    assert said == ("welding-2026\n", "", "")
    assert (Contest.objects.count(), Mark.objects.count()) == (1, 4)


def test_a_contest_made_here_is_never_replaced(tmp_path: Path) -> None:
    Contest.objects.create(code="welding-2026", title="made here")

    refusal = run("import", write(tmp_path / "in"), "--replace")[2]

    assert "welding-2026" in refusal
    assert Contest.objects.get().title == "made here"


def test_a_final_contest_is_never_replaced(tmp_path: Path) -> None:
    run("import", write(tmp_path / "in"))
    Contest.objects.update(state=Contest.State.FINAL)

    assert run("import", write(tmp_path / "in"), "--replace")[2] != ""
    assert Mark.objects.count() == 4


def test_a_rule_set_without_entries_is_a_draft(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", entries_csv="entry,name,start_order\n", marks_csv="entry,aspect,judge,value\n")

    run("import", folder)

    contest = Contest.objects.get()
    assert (contest.state, contest.panel.count(), contest.sheets.count()) == ("draft", 2, 0)


def test_the_organiser_can_be_named(tmp_path: Path, company: Company) -> None:
    run("import", write(tmp_path / "in"), "--by", company.organiser.number)

    assert Contest.objects.get().organiser == company.organiser
    assert "Nobody" in run("import", write(tmp_path / "in"), "--by", "0000")[2]


@pytest.mark.parametrize(
    "arguments", [("import", "/no/such/folder"), ("results", "nothing"), ("export", "nothing", "/tmp/nowhere")]
)
def test_what_is_not_there_is_said(arguments: tuple[str, ...]) -> None:
    out, errors, refusal = run(*arguments)

    assert (out, errors) == ("", "")
    assert arguments[1] in refusal


def test_an_unwritable_folder_is_said(tmp_path: Path) -> None:
    run("import", write(tmp_path / "in"))
    (tmp_path / "file").write_text("")

    assert "cannot be written" in run("export", "welding-2026", tmp_path / "file")[2]


def test_a_refused_import_exits_with_one_and_is_silent_on_stdout(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[3]
    folder = write(tmp_path / "in", judges_csv="judge\nJ1\n")

    done = subprocess.run(
        [sys.executable, "manage.py", "contest", "import", str(folder)],
        cwd=root, capture_output=True, text=True, check=False, env={"DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("judges.csv:1:6: name: expected a column name")
