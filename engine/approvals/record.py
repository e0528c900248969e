"""The record of an approval 审批记录: complete without the server, as a PDF with the same facts inside as JSON.

The hash on the page is the SHA-256 of that JSON (RFC 8785's order and spacing for the plain values it holds: sorted keys,
no spaces, UTF-8), so that anybody can check that page and facts belong together.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, pgettext
from fpdf.enums import XPos, YPos

from engine.approvals import core, detail, queries
from engine.approvals.models import Approval, Attachment, Ballot, Signature
from engine.approvals.subjects import description
from engine.proof import domain as proof
from engine.proof.models import Leaf
from frontend.kit import pdf as documents


def facts_of(approval: Approval) -> dict[str, Any]:
    """Return everything an approval is, as plain data. At most 4 statements, and the subject's own."""
    rows = Ballot.objects.filter(approval=approval).select_related("person", "on_behalf_of").order_by("position")
    signed = dict(Signature.objects.filter(ballot__approval=approval).values_list("ballot_id", "png"))
    files: dict[Any, list[tuple[str, str]]] = {}
    for ballot, name, content in Attachment.objects.filter(ballot__approval=approval).values_list(
        "ballot", "name", "content"
    ):
        files.setdefault(ballot, []).append((name, hashlib.sha256(content).hexdigest()))
    about = description(approval.subject)
    return {
        "approval": approval.pk,
        "subject": approval.subject,
        "title": approval.title,
        "policy": {"name": approval.policy.name, "version": approval.policy.version,
                   "definition": approval.policy.definition},
        "applicant": {"number": approval.applicant.number, "name": approval.applicant.name},
        "facts": [[str(label), str(value)] for label, value in [*queries.facts_of(approval), *about.facts]],
        "status": approval.status,
        "round": approval.round,
        "asked": approval.created_at.isoformat(),
        "ended": approval.finished_at.isoformat() if approval.finished_at else None,
        "steps": {key: step["status"] for key, step in approval.state["steps"].items()},
        "acts": [
            {
                "position": row.position, "id": str(row.pk), "at": row.at.isoformat(), "round": row.round,
                "step": row.step, "verb": row.verb, "note": row.note, "reason": row.reason,
                "by": {"number": row.person.number, "name": row.person.name} if row.person else None,
                "for": row.on_behalf_of.number if row.on_behalf_of else None,
                "files": [{"name": name, "sha256": digest} for name, digest in files.get(row.pk, [])],
                "signature_sha256": hashlib.sha256(signed[row.pk]).hexdigest() if row.pk in signed else None,
            }
            for row in rows
        ],
    }  # fmt: skip


def canonical(facts: dict[str, Any]) -> bytes:
    """Return the bytes that are hashed: sorted keys, no spaces, UTF-8."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def as_pdf(approval: Approval, *, at: datetime) -> bytes:
    """Return the record as PDF: facts, time line, signatures, hash; the facts are attached as record.json.

    Raises:
        frontend.kit.pdf.MissingGlyphs: a name or note holds a character the font lacks.
    """
    facts = facts_of(approval)
    content = canonical(facts)
    lines = time_line(approval, facts, at=at)
    digest = hashlib.sha256(content).hexdigest()
    made = gettext("Made %(at)s from version %(n)s of the policy “%(policy)s”.") % {
        "at": _moment(at), "n": approval.policy.version, "policy": approval.policy.label,
    }  # fmt: skip
    head = [
        (gettext("Applicant"), f"{approval.applicant.name} {approval.applicant.number}"),
        (gettext("State"), str(approval.get_status_display())),
        (pgettext("approval", "Asked"), _moment(approval.created_at)),
        *([(gettext("Ended"), _moment(approval.finished_at))] if approval.finished_at else []),
        *dict.fromkeys((label, value) for label, value in facts["facts"]),
    ]
    texts = [approval.title, made, *[f"{a}{b}" for a, b in head], *[line.words for line in lines]]
    pdf = documents.document(texts, title=approval.title)
    _big(pdf, approval.title, 16)
    for label, value in head:
        pdf.set_text_color(90, 96, 105)
        pdf.cell(38, 7, label)
        pdf.set_text_color(31, 35, 41)
        pdf.multi_cell(0, 7, value, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    _big(pdf, pgettext("approval", "What happened"), 13)
    for line in lines:
        with pdf.unbreakable() as page:  # a signature stays with whose it is
            page.set_text_color(90, 96, 105)
            page.cell(44, 7, _moment(line.at))
            page.set_text_color(31, 35, 41)
            page.multi_cell(0, 7, line.words, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            if line.signature:
                page.image(BytesIO(line.signature), x=54, h=14)
    _big(pdf, gettext("Proof"), 13)
    pdf.multi_cell(0, 6, f"{made}\nSHA-256 (record.json): {digest}", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    for text in _into_the_log(pdf, [row["id"] for row in facts["acts"]]):
        pdf.multi_cell(0, 6, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.embed_file(basename="record.json", bytes=content, desc="SHA-256 " + digest, mime_type="application/json")
    return bytes(pdf.output())


@dataclass(frozen=True)
class Line:
    """One act of the time line in words, with the picture of its signature (b'' without one)."""

    at: datetime
    words: str
    signature: bytes


def time_line(approval: Approval, facts: dict[str, Any], *, at: datetime) -> list[Line]:
    """Return what happened, oldest first: who, on whose behalf, in which step and round, why, whether it still counts.
    At most 5 statements."""
    step = core.resume(approval, at=at)
    names, _read = detail._names(step, set())
    pictures = dict(Signature.objects.filter(ballot__approval=approval).values_list("ballot__position", "png"))
    positions = [row["position"] for row in facts["acts"] if row["verb"] != "tick"]
    found = []
    for position, act in zip(positions, detail.acts_of(approval, step.state, names), strict=True):
        words = [act.sentence]
        if act.step:
            words.append(detail.label_of(step, act.step) if step.policy.has(act.step) else act.step)
        if approval.round > 1:
            words.append(gettext("round %(n)s") % {"n": act.round})
        if act.is_void:
            words.append(gettext("no longer counts"))
        note = f"\n“{act.note}”" if act.note else ""
        found.append(Line(act.at, " · ".join(words) + note, bytes(pictures.get(position, b""))))
    return found


def _into_the_log(pdf: Any, ballots: list[str]) -> Iterator[str]:
    """Say which leaf of the transparency log each final ballot is, and put its proof beside the record, where there is one:
    `docs/verify_log.py` checks it without the server."""
    leaves = {row.key: row for row in Leaf.objects.filter(kind="ballot", key__in=ballots)}
    for number, key in enumerate((key for key in ballots if key in leaves), 1):
        leaf = leaves[key]
        try:
            text, place = str(proof.proof_of(leaf)), str(leaf.index)
        except proof.NotYet:
            text, place = "", gettext("not numbered yet")
        yield gettext("Ballot %(n)s in the log: leaf %(hash)s, number %(place)s") % {
            "n": number, "hash": bytes(leaf.data).hex(), "place": place}  # fmt: skip
        if text:
            pdf.embed_file(
                basename=f"ballot-{number}.tlog-proof", bytes=text.encode(), desc=key, mime_type="text/plain"
            )


def _big(pdf: Any, text: str, size: int) -> None:
    pdf.set_font(documents.FAMILY, size=size)
    pdf.ln(2)
    pdf.multi_cell(0, 9, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.set_font(documents.FAMILY, size=10)


def _moment(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
