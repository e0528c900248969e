"""Signed notes of C2SP: a text, an empty line, signature lines. Signing and verifying are handed in."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.proof.pure import cosignature

ED25519 = 0x01
COSIGNATURE = cosignature.KIND
KEY_BYTES = 32
MOST_SIGNATURES = 100
DASH = "\u2014"
Verify = Callable[[bytes, bytes, bytes], bool]  # public key, message, signature
Sign = Callable[[bytes], bytes]  # message → signature


class NotANote(ValueError):
    """The text is no signed note."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A verifier key `name+hash+base64(type ‖ public key)`."""

    name: str
    kind: int
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ newline ‖ type ‖ public key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_hash.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One line of signatures: who, the key's hash, the bytes."""

    name: str
    key_hash: bytes
    value: bytes

    def __str__(self) -> str:
        return f"{DASH} {self.name} {base64.b64encode(self.key_hash + self.value).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A note: its text (ending in a newline) and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(f"{line}\n" for line in self.signatures)


def is_key_name(name: str) -> bool:
    """Return whether a key may have this name: not empty, no spaces of any kind, no plus, no control character."""
    return bool(name) and not any(char == "+" or char.isspace() or char < " " for char in name)


def read_key(text: str) -> VerifierKey:
    """Read a verifier key. Raises NotANote when it is none, or its hash is wrong."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3 or not is_key_name(parts[0]) or parts[1] != parts[1].lower() or len(parts[1]) != 8:
        raise NotANote("a verifier key is name+hash+key")
    try:
        key_hash, data = bytes.fromhex(parts[1]), base64.b64decode(parts[2], validate=True)
    except (ValueError, binascii.Error) as error:
        raise NotANote("a verifier key is name+hash+key") from error
    key = VerifierKey(parts[0], data[0] if data else 0, data[1:])
    if key.key_hash != key_hash or len(key.public) != KEY_BYTES:
        raise NotANote("the verifier key's hash does not fit")
    return key


def read(text: str) -> Note:
    """Read a signed note. Raises NotANote."""
    body, separator, tail = text.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise NotANote("a note is a text, an empty line and signature lines")
    if any(char < " " and char != "\n" for char in text):
        raise NotANote("a note has no control characters")
    return Note(body + "\n", read_signatures(tail))


def read_signatures(text: str) -> tuple[Signature, ...]:
    """Read signature lines, each ending in a newline: at least one, at most a hundred. Raises NotANote."""
    lines = text.split("\n")
    if lines.pop() or not 0 < len(lines) <= MOST_SIGNATURES:
        raise NotANote("a note has at least one and at most a hundred signature lines")
    return tuple(_signature(line) for line in lines)


def _signature(line: str) -> Signature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != DASH or not is_key_name(parts[1]):
        raise NotANote(f"no signature line: {line[:60]}")
    try:
        data = base64.b64decode(parts[2], validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotANote("a signature is no base64") from error
    if len(data) < 5:
        raise NotANote("a signature is too short")
    return Signature(parts[1], data[:4], data[4:])


def verified(note: Note, keys: Iterable[VerifierKey], verify: Verify) -> list[str]:
    """Return the names of the keys whose signature on the note holds, each once; unknown keys are passed over.

    Raises:
        NotANote: a known key's signature is there and wrong: the whole note is not to be believed.
    """
    found = []
    for key in keys:
        lines = [line for line in note.signatures if (line.name, line.key_hash) == (key.name, key.key_hash)]
        if not all(_holds(note, key, line, verify) for line in lines):
            raise NotANote(f"the signature of {key.name} is wrong")
        if lines:
            found.append(key.name)
    return found


def _holds(note: Note, key: VerifierKey, line: Signature, verify: Verify) -> bool:
    if key.kind == COSIGNATURE:
        parted = cosignature.parted(line.value)
        return parted is not None and verify(key.public, cosignature.message(note.text, parted[0]), parted[1])
    return key.kind == ED25519 and verify(key.public, note.text.encode(), line.value)


def signed(text: str, key: VerifierKey, sign: Sign) -> Signature:
    """Return a key's signature on a text that ends in a newline."""
    return Signature(key.name, key.key_hash, sign(text.encode()))


def cosigned(text: str, key: VerifierKey, timestamp: int, sign: Sign) -> Signature:
    """Return a witness's cosignature/v1 on a checkpoint's text, at a moment in seconds since 1970."""
    value = cosignature.joined(timestamp, sign(cosignature.message(text, timestamp)))
    return Signature(key.name, key.key_hash, value)
