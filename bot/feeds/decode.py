"""A bounded decoder for response bodies: gzip and deflate, never more than the cap in memory. Contains no I/O.

httpx would inflate a kilobyte into a gigabyte in one chunk, so it is given no part in this.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

WIRE_LIMIT = 5 * 1024 * 1024
DECODED_LIMIT = 10 * 1024 * 1024
_STEP = 256 * 1024  # most bytes inflated at a time
_MEMBERS_LIMIT = 1_000  # a body of empty gzip members costs time, not memory
_GZIP_MAGIC = b"\x1f\x8b"
# "utf-8" and "none" are mistaken for an encoding by some servers; the body then is what it seems.
_PLAIN = frozenset({"", "identity", "none", "utf-8", "utf8"})


class DecodeError(Exception):
    """The body cannot be decoded."""


class TooLarge(DecodeError):
    """The body is above a limit."""


class Truncated(DecodeError):
    """The compressed stream ends before its end mark."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Most bytes of a body, as sent and as decoded."""

    wire: int = WIRE_LIMIT
    decoded: int = DECODED_LIMIT


class BodyDecoder:
    """Takes a body piece by piece: `feed` each piece, then `finish`.

    Raises TooLarge, Truncated or DecodeError. A body that says gzip but is plain is taken as it is, and one
    that is gzip but does not say so is unpacked: both occur among real feeds.
    """

    def __init__(self, encoding: str, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        word = encoding.strip().lower()
        if word not in _PLAIN and word not in {"gzip", "x-gzip", "deflate"}:
            raise DecodeError(f'content encoding "{encoding[:40]}" was not offered')
        self._word = word
        self._head: bytes | None = b""  # first bytes, until they show what the body is
        self._inflater: zlib._Decompress | None = None
        self._members = 0
        self._parts: list[bytes] = []
        self.wire = 0
        self.decoded = 0

    def feed(self, piece: bytes) -> None:
        """Take the next bytes of the wire."""
        self.wire += len(piece)
        if self.wire > self._limits.wire:
            raise TooLarge(f"more than {_mib(self._limits.wire)} on the wire")
        if self._head is not None:
            self._head += piece
            if len(self._head) < 2:
                return
            piece = self._start()
        if self._inflater is None:
            self._keep(piece)
        else:
            self._inflate(self._inflater, piece)

    def finish(self) -> bytes:
        """Return the decoded body."""
        if self._head:
            self._keep(self._start())
        if self._inflater is not None and not self._inflater.eof:
            try:
                self._keep(self._inflater.flush())  # a few kB that the last step had no room for
            except zlib.error as error:
                raise DecodeError(f"broken compression ({error})") from error
            if not self._inflater.eof:
                raise Truncated("the compressed body ends too early")
        return self.so_far()

    def so_far(self) -> bytes:
        """Return what has been decoded, whole or not."""
        return b"".join(self._parts)

    def _start(self) -> bytes:
        """Choose by the first bytes how to go on; return them."""
        first, self._head = self._head or b"", None
        if first[:2] == _GZIP_MAGIC and self._word != "deflate":
            self._inflater = zlib.decompressobj(31)
        elif self._word == "deflate" and len(first) >= 2:
            self._inflater = zlib.decompressobj(15 if _is_zlib(first) else -15)
        return first

    def _inflate(self, inflater: zlib._Decompress, data: bytes) -> None:
        while data:
            if inflater.eof:
                following = self._next_member(data)
                if following is None:
                    return
                inflater = self._inflater = following
            room = self._limits.decoded - self.decoded + 1
            try:
                out = inflater.decompress(data, min(_STEP, room))
            except zlib.error as error:
                raise DecodeError(f"broken compression ({error})") from error
            self._keep(out)
            data = inflater.unused_data if inflater.eof else inflater.unconsumed_tail

    def _next_member(self, data: bytes) -> zlib._Decompress | None:
        """Open the gzip member that follows; None if only padding or rubbish does."""
        if self._word == "deflate" or not _GZIP_MAGIC.startswith(data[:2]):
            return None
        self._members += 1
        if self._members > _MEMBERS_LIMIT:
            raise DecodeError("too many gzip members")
        return zlib.decompressobj(31)

    def _keep(self, out: bytes) -> None:
        if not out:
            return
        self.decoded += len(out)
        if self.decoded > self._limits.decoded:
            self._parts.clear()
            raise TooLarge(f"more than {_mib(self._limits.decoded)} decoded")
        self._parts.append(out)


def _is_zlib(first: bytes) -> bool:
    return first[0] & 0x0F == 8 and int.from_bytes(first[:2], "big") % 31 == 0


def _mib(size: int) -> str:
    return f"{size / (1024 * 1024):g} MiB"
