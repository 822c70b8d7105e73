"""The bounded decoder: what it unpacks, what it refuses, and how little memory a bomb gets."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.feeds.decode import BodyDecoder, DecodeError, Limits, TooLarge, Truncated
from tests.http_server import gzip_bomb

FEED = b"<rss>" + b"<item/>" * 2_000 + b"</rss>"


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(body) + packer.flush()


def decode(encoding: str, body: bytes, *, step: int = 1_000, limits: Limits | None = None) -> bytes:
    decoder = BodyDecoder(encoding, limits)
    for start in range(0, len(body), step):
        decoder.feed(body[start : start + step])
    return decoder.finish()


@pytest.mark.parametrize("step", [1, 2, 7, 100_000])
@pytest.mark.parametrize(
    ("encoding", "wire"),
    [
        ("", FEED),
        ("identity", FEED),
        ("gzip", gzip.compress(FEED)),
        ("GZIP ", gzip.compress(FEED)),
        ("x-gzip", gzip.compress(FEED)),
        ("deflate", zlib.compress(FEED)),
        ("deflate", raw_deflate(FEED)),
        ("gzip", gzip.compress(FEED[:5_000]) + gzip.compress(FEED[5_000:])),
        ("gzip", gzip.compress(FEED) + b"\0" * 512),
        ("gzip", gzip.compress(FEED) + b"rubbish"),
        ("gzip", FEED),
        ("", gzip.compress(FEED)),
        ("utf-8", FEED),
    ],
    ids=[
        "plain", "identity", "gzip", "spelling", "x-gzip", "zlib", "raw deflate", "two members", "padding",
        "rubbish behind", "says gzip, is plain", "is gzip, does not say so", "charset as encoding",
    ],
)  # fmt: skip
def test_a_body_is_unpacked_however_it_is_cut(encoding: str, wire: bytes, step: int) -> None:
    """Also the two kinds of mislabelled gzip that real servers send."""
    assert decode(encoding, wire, step=step) == FEED


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=3_000), st.integers(1, 500), st.sampled_from(["gzip", "deflate"]))
def test_what_was_packed_comes_back(body: bytes, step: int, encoding: str) -> None:
    """Round trip for any bytes and any cut."""
    wire = gzip.compress(body) if encoding == "gzip" else zlib.compress(body)
    assert decode(encoding, wire, step=step) == body


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=400), st.sampled_from(["gzip", "deflate", ""]), st.booleans())
def test_any_bytes_either_decode_or_are_refused(body: bytes, encoding: str, magic: bool) -> None:
    """Nothing but a DecodeError ever comes out."""
    wire = (b"\x1f\x8b\x08\x00" if magic else b"") + body
    try:
        decode(encoding, wire, step=7)
    except DecodeError:
        return


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress", "gzip, br", "aws-chunked"])
def test_an_encoding_that_was_not_offered_is_refused(encoding: str) -> None:
    with pytest.raises(DecodeError, match="not offered"):
        BodyDecoder(encoding)


def test_an_empty_body_is_empty_whatever_it_claims() -> None:
    """HEAD-like answers with Content-Encoding are common."""
    assert [decode(e, b"") for e in ("", "gzip", "deflate")] == [b"", b"", b""]


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_stream_without_its_end_is_truncated_and_keeps_what_came(encoding: str) -> None:
    """The caller may judge what is there."""
    wire = gzip.compress(FEED) if encoding == "gzip" else zlib.compress(FEED)
    decoder = BodyDecoder(encoding)
    decoder.feed(wire[:-3])
    with pytest.raises(Truncated):
        decoder.finish()
    assert decoder.so_far() == FEED


def test_a_wrong_checksum_is_refused() -> None:
    wire = bytearray(gzip.compress(FEED))
    wire[-6] ^= 0xFF
    with pytest.raises(DecodeError, match="broken compression"):
        decode("gzip", bytes(wire))


def test_the_wire_has_a_cap() -> None:
    with pytest.raises(TooLarge, match="on the wire"):
        decode("", b"x" * 2_000, limits=Limits(wire=1_500, decoded=10_000))


@pytest.mark.parametrize("size", [9_999, 10_000])
def test_a_body_of_exactly_the_cap_passes(size: int) -> None:
    assert len(decode("gzip", gzip.compress(b"x" * size), limits=Limits(wire=10**6, decoded=10_000))) == size


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress], ids=["gzip", "deflate"])
def test_one_byte_above_the_cap_does_not(pack: object) -> None:
    wire = gzip.compress(b"x" * 10_001) if pack is gzip.compress else zlib.compress(b"x" * 10_001)
    with pytest.raises(TooLarge, match="decoded"):
        decode(
            "gzip" if pack is gzip.compress else "deflate", wire, limits=Limits(wire=10**6, decoded=10_000)
        )


def test_a_bomb_of_a_gibibyte_never_takes_more_than_the_cap() -> None:
    """1 MiB on the wire, 1 GiB unpacked, fed in one piece: the peak stays near the 10 MiB cap."""
    bomb = gzip_bomb(1 << 30)
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            decode("gzip", bomb, step=len(bomb))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 16 * 1024 * 1024


def test_a_body_of_empty_members_is_refused() -> None:
    """Many thousand members cost time without ever reaching a size limit."""
    with pytest.raises(DecodeError, match="too many gzip members"):
        decode("gzip", gzip.compress(b"") * 5_000, step=65_536)
