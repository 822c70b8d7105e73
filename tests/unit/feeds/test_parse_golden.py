"""Recorded feeds of every kind, hostile ones included, give exactly the entries written down beside them.

`REGWATCH_REGOLD=1 pytest tests/unit/feeds/test_parse_golden.py` writes the outcomes anew; review the difference.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import feedparser
import pytest

from bot.feeds import parse_wire
from bot.feeds.entry import ParsedFeed
from bot.feeds.parse import Parser

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "feeds"
FILES = sorted(path for path in GOLDEN.iterdir() if path.suffix in (".xml", ".json", ".html", ".pdf"))
TYPES = {
    ".json": "application/feed+json",
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".xml": "application/xml",
}


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    with Parser() as one:
        yield one


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_recorded_body_gives_what_is_written_down(path: Path, parser: Parser) -> None:
    """The outcome of each recorded body is the one in its .expected file."""
    outcome = parser.parse(path.read_bytes(), headers={"content-type": TYPES[path.suffix]})
    found = json.loads(parse_wire.encode(outcome))
    expected = path.with_name(path.name + ".expected")
    if os.environ.get("REGWATCH_REGOLD"):
        expected.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(expected.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_wrong_content_type_does_not_lose_entries(path: Path, parser: Parser) -> None:
    """What the server calls a body changes neither whether it is a feed nor how many entries it has."""
    body = path.read_bytes()
    right = parser.parse(body, headers={"content-type": TYPES[path.suffix]})
    wrong = parser.parse(body, headers={"content-type": "text/html"})
    assert isinstance(wrong, ParsedFeed) == isinstance(right, ParsedFeed)
    if isinstance(right, ParsedFeed) and isinstance(wrong, ParsedFeed):
        assert len(wrong.entries) == len(right.entries)


@pytest.mark.skipif("REGWATCH_FEEDS_DIR" not in os.environ, reason="needs a folder of real feeds")
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore")
def test_nearly_every_entry_of_real_feeds_is_kept(parser: Parser) -> None:
    """Of all entries that feedparser alone finds in a folder of real feeds, at least 99.5 % are kept."""
    folder = Path(os.environ["REGWATCH_FEEDS_DIR"])
    names = [
        row["file"] for row in csv.DictReader((folder / "INDEX.tsv").open(encoding="utf-8"), delimiter="\t")
    ]
    there = kept = 0
    for name in names:
        body = (folder / name).read_bytes()
        alone = len(feedparser.parse(BytesIO(body)).entries)
        outcome = parser.parse(body, headers={})
        there += alone
        kept += min(alone, len(outcome.entries)) if isinstance(outcome, ParsedFeed) else 0
    assert kept >= 0.995 * there
