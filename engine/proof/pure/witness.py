"""The add-checkpoint call of C2SP tlog-witness: what a log hands in, and how a witness judges it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.proof.pure import checkpoint as checkpoints
from engine.proof.pure import merkle
from engine.proof.pure import note as notes
from engine.proof.pure.checkpoint import Checkpoint, NotACheckpoint, read_hash, read_whole, to_base64

MOST_HASHES = 63
SIZE_TYPE = "text/x.tlog.size"
MALFORMED, FORBIDDEN, UNKNOWN, CONFLICT, INCONSISTENT = 400, 403, 404, 409, 422


class Refusal(Exception):
    """The witness does not sign: the HTTP status that says why, and the text (of a conflict: the size it saw last)."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


@dataclass(frozen=True, slots=True)
class Submission:
    """What a log hands in: the size it believes the witness saw last, the proof from there, the signed checkpoint."""

    old: int
    hashes: tuple[bytes, ...]
    note: notes.Note

    def __str__(self) -> str:
        lines = [f"old {self.old}", *map(to_base64, self.hashes), ""]
        return "".join(f"{line}\n" for line in lines) + str(self.note)


def read(text: str) -> Submission:
    """Read the body of add-checkpoint. Raises Refusal (400)."""
    head, separator, note = text.partition("\n\n")
    lines = head.split("\n")
    try:
        if not separator or not lines[0].startswith("old ") or len(lines) - 1 > MOST_HASHES:
            raise NotACheckpoint("an old size, at most 63 hashes, an empty line and a checkpoint were expected")
        old = read_whole(lines[0].removeprefix("old "))
        return Submission(old, tuple(read_hash(line) for line in lines[1:]), notes.read(note))
    except (NotACheckpoint, notes.NotANote) as error:
        raise Refusal(MALFORMED, str(error)) from error


def judge(
    given: Submission, keys: Mapping[str, Sequence[notes.VerifierKey]], seen: Mapping[str, Checkpoint],
    verify: notes.Verify,
) -> Checkpoint:  # fmt: skip
    """Return the checkpoint a witness may cosign now.

    Args:
        given: what was handed in.
        keys: for each known log (by origin) the keys it signs with.
        seen: for each log the checkpoint cosigned last.
        verify: Ed25519.

    Raises:
        Refusal: 404 unknown log, 403 not signed by it, 400 the old size is larger, 409 another size was seen last or
            another root of the same size, 422 the tree does not continue what was seen. In this order, as tlog-witness has it.
    """
    try:
        fresh = checkpoints.read(given.note.text)
    except NotACheckpoint as error:
        raise Refusal(MALFORMED, str(error)) from error
    if fresh.origin not in keys:
        raise Refusal(UNKNOWN, f"no log {fresh.origin} is known here")
    try:
        is_signed = bool(notes.verified(given.note, keys[fresh.origin], verify))
    except notes.NotANote as error:
        raise Refusal(FORBIDDEN, str(error)) from error
    if not is_signed:
        raise Refusal(FORBIDDEN, "the checkpoint is not signed by the log")
    before = seen.get(fresh.origin, Checkpoint(fresh.origin, 0, merkle.EMPTY))
    if given.old > fresh.size:
        raise Refusal(MALFORMED, "the old size is larger than the checkpoint's")
    if given.old != before.size or (fresh.size == before.size and fresh.root != before.root):
        raise Refusal(CONFLICT, f"{before.size}\n")
    if wrong := _wrong(before, fresh, given.hashes):
        raise Refusal(INCONSISTENT, wrong)
    return fresh


def _wrong(before: Checkpoint, fresh: Checkpoint, hashes: Sequence[bytes]) -> str:
    """Return '' when the fresh tree may follow; the empty tree is followed by any, without a proof."""
    if before.size:
        return merkle.verify_consistency(before.size, fresh.size, before.root, fresh.root, hashes)
    return "there is nothing to prove about the empty tree" if hashes else ""
