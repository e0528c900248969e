"""The log's side of its witnesses: who they are, handing in checkpoints (C2SP tlog-witness), keeping what they sign."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from engine.proof import domain, keys
from engine.proof.models import Checkpoint, Cosignature, Witness
from engine.proof.pure import note as notes
from engine.proof.pure.checkpoint import NotACheckpoint, read_whole
from engine.proof.pure.witness import CONFLICT, Submission

SECONDS = 5
MOST_BYTES = 2**16
LONGEST_PAUSE = timedelta(hours=1)
Answer = tuple[int, str]  # HTTP status, body
Post = Callable[[str, bytes], Answer]


class NoWitness(ValidationError):
    """The key is none of a witness, or the signature none of a known witness on a checkpoint of this log."""


@transaction.atomic(savepoint=False)
def add(*, key: str, url: str = "", at: datetime) -> Witness:
    """Name a witness by its verifier key (type 4); with an address it is asked from now on, without one it signs by hand.

    The same key again changes the address; another key under the same name takes the place of the old one, whose
    cosignatures stay verifiable.

    Raises:
        NoWitness: the text is no verifier key of a witness, or the address is none of the web.
    """
    try:
        read = notes.read_key(key)
    except notes.NotANote as error:
        raise NoWitness(str(error), code="no-witness") from error
    if read.kind != notes.COSIGNATURE:
        raise NoWitness(_("This is no key of a witness: its type must be 4."), code="no-witness")
    if url and not url.startswith(("https://", "http://")):
        raise NoWitness(_("The address of a witness begins with https:// or http://."), code="no-address")
    Witness.objects.filter(name=read.name).exclude(key=str(read)).update(is_active=False)
    wanted = {"url": url, "is_active": True, "due_at": at, "failures": 0, "fault": ""}
    return Witness.objects.update_or_create(
        key=str(read), defaults=wanted, create_defaults=wanted | {"name": read.name}
    )[0]


@transaction.atomic(savepoint=False)
def remove(*, name: str) -> int:
    """Ask a witness no longer; what it signed stays. Returns how many."""
    return Witness.objects.filter(name=name, is_active=True).update(is_active=False)


@transaction.atomic(savepoint=False)
def accept(*, text: str, at: datetime) -> list[str]:
    """Keep the cosignatures under a checkpoint that a witness signed by hand; return the witnesses' names.

    Raises:
        NoWitness: not a checkpoint of this log, a wrong signature, or none of a known witness.
    """
    try:
        note = notes.read(text)
        checkpoint = Checkpoint.objects.filter(note__startswith=f"{note.text}\n").first()
        found = [] if checkpoint is None else _cosigned(note)
    except notes.NotANote as error:
        raise NoWitness(str(error), code="no-witness") from error
    if checkpoint is None or not found:
        raise NoWitness(_("No known witness has signed a checkpoint of this log here."), code="no-witness")
    for witness, line in found:
        _keep(checkpoint, witness, line, at)
    return [witness.name for witness, _line in found]


def _cosigned(note: notes.Note) -> list[tuple[Witness, notes.Signature]]:
    """Return the lines of active witnesses, verified. Raises NotANote for a wrong one."""
    found = []
    for witness in Witness.objects.filter(is_active=True):
        key = notes.read_key(witness.key)
        if notes.verified(note, [key], keys.verify):
            lines = (row for row in note.signatures if (row.name, row.key_hash) == (key.name, key.key_hash))
            found.append((witness, next(lines)))
    return found


def _keep(checkpoint: Checkpoint, witness: Witness, line: notes.Signature, at: datetime) -> None:
    """Store a verified line; a second one of the same witness on the same checkpoint adds nothing."""
    Cosignature.objects.get_or_create(checkpoint=checkpoint, name=witness.name, defaults={"line": str(line), "at": at})
    Witness.objects.filter(pk=witness.pk, size__lt=checkpoint.size).update(size=checkpoint.size)


def _post(address: str, body: bytes) -> Answer:
    request = urllib.request.Request(address, data=body, headers={"Content-Type": "text/plain; charset=utf-8"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 http(s) alone, see Witness.url
            return answer.status, answer.read(MOST_BYTES).decode(errors="replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(MOST_BYTES).decode(errors="replace")


def submit(*, at: datetime, post: Post = _post) -> int:
    """Hand the newest checkpoint to every witness that has not signed it and may be asked; return how many signed.

    A witness that does not answer, or refuses, is asked again after one minute, two, four … an hour, and its reason is kept.
    Nothing is sent inside a transaction; of several workers one asks.
    """
    checkpoint = domain.latest()
    if checkpoint is None:
        return 0
    signed = 0
    due = Witness.objects.filter(is_active=True, size__lt=checkpoint.size, due_at__lte=at).exclude(url="")
    for witness in due:
        leased = Witness.objects.filter(pk=witness.pk, due_at=witness.due_at).update(due_at=at + timedelta(minutes=1))
        if leased:
            fault = _ask(witness, checkpoint, at=at, post=post)
            _note_outcome(witness, fault, at)
            signed += not fault
    return signed


def _note_outcome(witness: Witness, fault: str, at: datetime) -> None:
    failures = witness.failures + 1 if fault else 0
    pause = min(timedelta(minutes=2 ** min(failures - 1, 6)), LONGEST_PAUSE) if fault else timedelta(0)
    Witness.objects.filter(pk=witness.pk).update(fault=fault[:500], failures=failures, due_at=at + pause)


def _ask(witness: Witness, checkpoint: Checkpoint, *, at: datetime, post: Post) -> str:
    """Hand one checkpoint to one witness; return '' when it signed, else why not.

    What it saw last is asked of it (409) when it is not what we remember; a witness that saw more than we have has seen a
    log that was cut.
    """
    old = witness.size
    for _turn in range(2):
        try:
            status, body = _hand_in(witness, checkpoint, old, post)
        except (OSError, ValueError, http.client.HTTPException) as error:
            return f"no answer: {error}"
        if status != CONFLICT:
            break
        try:
            old = read_whole(body.strip())
        except NotACheckpoint:
            return "conflict without a size"
        if old > checkpoint.size:
            return f"the witness has seen {old} records, this log has {checkpoint.size}: it was cut or restored"
    if status == CONFLICT and old == checkpoint.size:
        return f"the witness has seen another tree of {old} records: this log was rewritten"
    if status != 200:
        return f"{status}: {body.strip()}"
    return _store(witness, checkpoint, body, at)


def _hand_in(witness: Witness, checkpoint: Checkpoint, old: int, post: Post) -> Answer:
    hashes = domain.consistency(old, checkpoint.size) if old else ()
    body = str(Submission(old, tuple(hashes), notes.read(checkpoint.note)))
    return post(f"{witness.url.rstrip('/')}/add-checkpoint", body.encode())


def _store(witness: Witness, checkpoint: Checkpoint, body: str, at: datetime) -> str:
    """Keep the witness's own line of its answer; lines of others are passed over."""
    key = notes.read_key(witness.key)
    try:
        lines = notes.read_signatures(body)
        note = notes.Note(notes.read(checkpoint.note).text, lines)
        names = notes.verified(note, [key], keys.verify)
    except notes.NotANote as error:
        return str(error)
    if not names:
        return "the answer has no signature of this witness"
    line = next(row for row in lines if (row.name, row.key_hash) == (key.name, key.key_hash))
    with transaction.atomic(savepoint=False):
        _keep(checkpoint, witness, line, at)
    return ""
