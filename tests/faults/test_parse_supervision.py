"""The parsing child is slow, dies, lies or floods: the parent answers with a value and goes on."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.errors import OperationError
from bot.feeds.entry import ParsedFeed, ParseFailed
from bot.feeds.parse import ParseLimits, Parser

GOOD = b'<rss version="2.0"><channel><title>T</title><item><title>Entry</title></item></channel></rss>'
XML = {"content-type": "application/xml"}
READY = "import sys, os, time, struct; w = lambda b: os.write(1, struct.pack('>I', len(b)) + b); w(b''); sys.stdin.buffer.read(10); "
QUICK = ParseLimits(wall=1.0, stop=0.5)


def script(code: str) -> list[str]:
    return [sys.executable, "-I", "-c", READY + code]


def children() -> set[int]:
    """Return our child processes that are there, dead ones not yet buried included."""
    mine = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            mine.add(int(stat.parent.name))
    return mine


@pytest.fixture
def parser() -> Iterator[Parser]:
    with Parser() as one:
        yield one


def is_good(outcome: object) -> bool:
    return isinstance(outcome, ParsedFeed) and [entry.title for entry in outcome.entries] == ["Entry"]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("time.sleep(60)", "too-slow"),
        ("sys.exit(3)", "broken"),
        ("os.kill(os.getpid(), 9)", "broken"),
        ("os.write(1, b'not a frame at all')", "broken"),
        ("w(b'not json')", "broken"),
        ("w(b'[1, 2]')", "broken"),
        ("w(b'{}')", "broken"),
        ('w(b\'{"failed": "because"}\')', "broken"),
        ("w(b'{}' * 10); w(b'{}')", "broken"),
        ("os.write(1, struct.pack('>I', 4_000_000_000) + b'x' * 1000)", "broken"),
        ("os.write(1, struct.pack('>I', 1000) + b'x' * 10); time.sleep(60)", "too-slow"),
    ],
    ids=["hangs", "exits", "killed", "no frame", "no json", "a list", "empty object", "unknown kind", "two answers",
         "four gigabytes", "half an answer"],
)  # fmt: skip
def test_a_misbehaving_child_is_a_failed_parse(code: str, kind: str) -> None:
    """Whatever the child does, the parent gives one answer in bounded time, and buries the child."""
    before = children()
    with Parser(limits=QUICK, command=script(code)) as parser:
        outcome = parser.parse(GOOD * 10_000, headers=XML)
    assert isinstance(outcome, ParseFailed)
    assert outcome.kind == kind
    assert children() <= before


def test_a_killed_child_is_replaced_without_anybody_noticing(parser: Parser) -> None:
    """Killed between two bodies, the child is started anew."""
    before = children()
    assert is_good(parser.parse(GOOD, headers=XML))
    (child,) = children() - before
    os.kill(child, signal.SIGKILL)
    assert is_good(parser.parse(GOOD, headers=XML))


def test_a_signal_meant_for_the_parent_does_not_end_the_child(parser: Parser) -> None:
    """The service manager signals the whole group; the child goes on until its input ends."""
    before = children()
    assert is_good(parser.parse(GOOD, headers=XML))
    (child,) = children() - before
    os.kill(child, signal.SIGTERM)
    os.kill(child, signal.SIGINT)
    assert is_good(parser.parse(GOOD, headers=XML))
    assert children() - before == {child}


def test_closing_leaves_no_child_and_parses_no_more() -> None:
    """Every child is ended and buried; a closed parser says so."""
    before = children()
    parser = Parser(workers=2)
    assert is_good(parser.parse(GOOD, headers=XML))
    parser.close()
    assert children() <= before
    with pytest.raises(OperationError):
        parser.parse(GOOD, headers=XML)


def test_no_child_starts_before_the_first_body() -> None:
    """A bot whose feeds all answer 304 pays for no parser."""
    before = children()
    with Parser(workers=4):
        assert children() <= before


def test_the_child_ends_when_the_parent_dies(tmp_path: Path) -> None:
    """Killed with SIGKILL, the parent leaves no child behind."""
    code = (
        "import os, signal\n"
        "from bot.feeds.parse import Parser\n"
        f"parser = Parser(); parser.parse({GOOD!r}, headers={{}})\n"
        "print(parser._children[0].process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    import subprocess

    root = str(Path(__file__).resolve().parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, cwd=root, check=False, timeout=50
    )
    child = int(done.stdout)
    deadline = time.monotonic() + 10
    waiting = threading.Event()
    while Path(f"/proc/{child}/cmdline").exists() and Path(f"/proc/{child}/cmdline").read_bytes():
        assert time.monotonic() < deadline, "the child outlived its parent"
        waiting.wait(0.05)


def test_many_threads_share_few_children() -> None:
    """Bodies of many threads are parsed by at most `workers` children, each answer going to its own asker."""
    before = children()
    with Parser(workers=2) as parser, ThreadPoolExecutor(8) as pool:
        bodies = [GOOD.replace(b"Entry", f"Entry {number}".encode()) for number in range(60)]
        outcomes = list(pool.map(lambda body: parser.parse(body, headers=XML), bodies))
        assert len(children() - before) <= 2
    titles = [outcome.entries[0].title for outcome in outcomes if isinstance(outcome, ParsedFeed)]
    assert titles == [f"Entry {number}" for number in range(60)]


def test_the_child_is_found_from_any_folder_and_has_none_of_our_secrets(
    parser: Parser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A folder with a package named bot does not shadow ours; the environment does not reach the child."""
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "__init__.py").write_text("raise SystemExit('the wrong bot')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    before = children()
    assert is_good(parser.parse(GOOD, headers=XML))
    (child,) = children() - before
    assert b"xoxb-secret" not in Path(f"/proc/{child}/environ").read_bytes()
    assert b"xoxb-secret" not in Path(f"/proc/{child}/cmdline").read_bytes()


def test_quadratic_author_text_is_harmless(parser: Parser) -> None:
    """324 kB of crafted author, which costs feedparser ten seconds, neither stalls nor loses the feed."""
    hostile = GOOD.replace(b"<title>Entry", b"<author>" + b"a@" + b"a-." * 108_000 + b"</author><title>Entry")
    assert is_good(parser.parse(hostile, headers=XML))


@pytest.mark.parametrize(
    "hostile",
    [
        b"<rss><channel>" + b"<a>" * 200_000,
        b"<rss><channel><item " + b" ".join(b"a%d='1'" % n for n in range(200_000)) + b"/>",
        b"<?xml version='1.0'?><!DOCTYPE r [" + b"<!ENTITY a 'b'>" * 100_000 + b"]><rss version='2.0'/>",
        b"<!--" * 500_000,
        b"<![CDATA[" * 200_000,
        b"<item><title>" * 100_000,
        b"[" * 1_000_000,
        b"{" * 1_000_000,
        b'{"items":' + b"[" * 500_000,
        b"\0" * 1_000_000,
        bytes(range(256)) * 4_000,
    ],
    ids=[
        "nesting",
        "attributes",
        "entities",
        "comments",
        "cdata",
        "unclosed",
        "brackets",
        "braces",
        "json",
        "zeros",
        "noise",
    ],
)
def test_hostile_bodies_cost_a_bounded_time_and_spare_the_next(hostile: bytes) -> None:
    """Whatever a body holds, an answer comes within the limit, and the next body parses."""
    with Parser(limits=ParseLimits(wall=2.0, cpu=2.0)) as parser:
        parser.parse(hostile, headers=XML)
        assert is_good(parser.parse(GOOD, headers=XML))


def test_memory_is_bounded() -> None:
    """A body that takes more memory than is allowed is a failed parse, not a dead machine."""
    limits = ParseLimits(memory=250_000_000)
    big = (
        b"<rss version='2.0'><channel><item><title>" + b"x" * 80_000_000 + b"</title></item></channel></rss>"
    )
    with Parser(limits=limits) as parser:
        outcome = parser.parse(big, headers=XML)
        assert isinstance(outcome, ParseFailed)
        assert is_good(parser.parse(GOOD, headers=XML))
