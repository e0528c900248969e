"""Signed notes of C2SP: a text, an empty line, signature lines. Signing and verifying are handed in."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

ED25519 = 0x01
COSIGNATURE = 0x04
DASH = "\u2014"
Verify = Callable[[bytes, bytes, bytes], bool]  # public key, message, signature


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


def read_key(text: str) -> VerifierKey:
    """Read a verifier key. Raises NotANote when it is none, or its hash is wrong."""
    parts = text.strip().split("+", 2)
    try:
        name, key_hash, data = parts[0], bytes.fromhex(parts[1]), base64.b64decode(parts[2], validate=True)
    except (IndexError, ValueError, binascii.Error) as error:
        raise NotANote("a verifier key is name+hash+key") from error
    key = VerifierKey(name, data[0] if data else 0, data[1:])
    if key.key_hash != key_hash or not name or len(key.public) != 32:
        raise NotANote("the verifier key's hash does not fit")
    return key


def read(text: str) -> Note:
    """Read a signed note. Raises NotANote."""
    body, separator, tail = text.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise NotANote("a note is a text, an empty line and signature lines")
    signatures = []
    for line in tail[:-1].split("\n"):
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != DASH or not parts[1]:
            raise NotANote(f"no signature line: {line[:60]}")
        try:
            data = base64.b64decode(parts[2], validate=True)
        except (binascii.Error, ValueError) as error:
            raise NotANote("a signature is no base64") from error
        if len(data) < 5:
            raise NotANote("a signature is too short")
        signatures.append(Signature(parts[1], data[:4], data[4:]))
    return Note(body + "\n", tuple(signatures))


def verified(note: Note, keys: Iterable[VerifierKey], verify: Verify) -> list[str]:
    """Return the names of the keys whose signature on the note holds. Raises NotANote for one that is there and wrong."""
    found = []
    for key in keys:
        for line in note.signatures:
            if (line.name, line.key_hash) != (key.name, key.key_hash):
                continue
            if not _holds(note, key, line, verify):
                raise NotANote(f"the signature of {key.name} is wrong")
            found.append(key.name)
    return found


def _holds(note: Note, key: VerifierKey, line: Signature, verify: Verify) -> bool:
    if key.kind == COSIGNATURE:
        if len(line.value) != 72:
            return False
        message = cosigned(note.text, int.from_bytes(line.value[:8], "big"))
        return verify(key.public, message, line.value[8:])
    return key.kind == ED25519 and verify(key.public, note.text.encode(), line.value)


def cosigned(text: str, timestamp: int) -> bytes:
    """Return what a witness signs at a moment (seconds): C2SP tlog-cosignature, cosignature/v1."""
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()
