"""feeds.yaml: read strictly, appended to without harm, and the shipped one is fit to ship."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import InvalidFiles
from bot.feeds.catalog import append_feed, catalog_schema, entry_text, id_for, load_catalog, parse_catalog
from bot.feeds.feed import Feed
from storage.words import Tier

SHIPPED = Path(__file__).resolve().parents[3] / "rules" / "feeds.yaml"
FULL = Feed(
    id="full",
    url="https://example.org/feed?a=1&b[]=2#x",
    title='Odd: "title" # yes',
    authority="cma",
    tier=Tier.OFFICIAL,
    language="no",
    every=timedelta(minutes=90),
    revisions="updated",
    identity="link",
    fulltext=True,
    user_agent="Mozilla/5.0 (compatible; x/1)",
    headers={"Accept-Language": "de", "X-Key": 'a"b\\c'},
    enabled=False,
    note="a note: with colon",
)


def test_only_id_and_url_are_required() -> None:
    """Everything else has a default."""
    assert parse_catalog("- id: a\n  url: https://e.org/\n", name="f") == (
        Feed(id="a", url="https://e.org/"),
    )


def test_what_is_written_is_read_back() -> None:
    """An entry made for the file means the same feed."""
    assert parse_catalog(entry_text(FULL), name="f") == (FULL,)


def test_every_problem_is_told_at_once_with_its_place() -> None:
    """A file with many faults names each, with line and column and a hint."""
    text = (
        "- id: A b\n  url: ftp://x\n  evry: 3\n"
        "- url: http://a.b/\n  every: soon\n  tier: offical\n  language: English\n"
        "- id: x\n  url: http://a.b/\n  headers: {Host: x}\n  enabled: maybe\n"
        "- id: x\n"
    )
    with pytest.raises(InvalidFiles) as caught:
        parse_catalog(text, name="feeds.yaml")
    told = str(caught.value)
    for part in ('1:7: "A b"', '2:8: "ftp://x"', 'unknown key "evry"', 'did you mean "every"', "without id", "soon",
                 'did you mean "official"', "English", "second time", "Host", "maybe", "without url"):  # fmt: skip
        assert part in told
    assert len(caught.value.problems) >= 11


@pytest.mark.parametrize("every", ["0", "8d", "-1m", "1.5h", "10 minutes"])
def test_an_interval_is_from_a_minute_to_a_week(every: str) -> None:
    """Faster or slower is a mistake."""
    with pytest.raises(InvalidFiles):
        parse_catalog(f"- id: a\n  url: https://e.org/\n  every: {every}\n", name="f")


@pytest.mark.parametrize("text", ["", "a: b\n", "- just text\n", "- id: a\n  url: https://e.org/\n  id: b\n"])
def test_what_is_no_list_of_feeds_is_refused(text: str) -> None:
    """Empty files, mappings, texts and repeated keys."""
    with pytest.raises(InvalidFiles):
        parse_catalog(text, name="f")


def test_appending_keeps_every_comment(tmp_path: Path) -> None:
    """What people wrote stays byte for byte, and so does the file's mode."""
    path = tmp_path / "feeds.yaml"
    before = "# ours\n- id: a # why\n  url: https://e.org/ # seen live"
    path.write_text(before)
    path.chmod(0o640)
    append_feed(path, [FULL])
    assert path.read_text().startswith(before + "\n")
    assert [feed.id for feed in load_catalog(path)] == ["a", "full"]
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_appending_what_would_break_the_file_leaves_it_alone(tmp_path: Path) -> None:
    """A second feed of the same id is refused before anything is written."""
    path = tmp_path / "feeds.yaml"
    append_feed(path, [FULL])
    before = path.read_bytes()
    with pytest.raises(InvalidFiles):
        append_feed(path, [FULL])
    assert path.read_bytes() == before


def test_ids_are_made_of_titles_and_stay_unique() -> None:
    """A taken name gets a number."""
    assert id_for("The Example: News!", []) == "the-example-news"
    assert id_for("The Example: News!", ["the-example-news"]) == "the-example-news-2"
    assert id_for("日報", []) == "feed"


def test_the_schema_knows_every_key() -> None:
    """Editors complete what the loader reads."""
    items = catalog_schema()["items"]
    assert isinstance(items, dict)
    fields = {"id", "url", "title", "authority", "tier", "language", "every", "revisions", "identity", "fulltext",
              "user_agent", "headers", "enabled", "note"}  # fmt: skip
    assert set(items["properties"]) == fields
    assert items["required"] == ["id", "url"]


def test_the_shipped_catalogue_is_valid_and_broad() -> None:
    """At least 45 feeds, official ones first, all three authorities among them."""
    feeds = load_catalog(SHIPPED)
    assert len(feeds) >= 45
    tiers = [feed.tier for feed in feeds]
    assert Tier.OFFICIAL not in tiers[tiers.index(Tier.PRESS) :]
    assert {"ftc", "cma", "ec"} <= {feed.authority for feed in feeds if feed.tier is Tier.OFFICIAL}
    assert all(feed.every is not None and feed.title for feed in feeds)


def test_every_shipped_address_says_how_sure_it_is() -> None:
    """Each url line carries a comment on where it is known from."""
    lines = [line for line in SHIPPED.read_text(encoding="utf-8").splitlines() if re.match(r"\s+url:", line)]
    assert all(" # " in line for line in lines)


def test_case_feeds_are_revised_by_updated() -> None:
    """GOV.UK's case feeds never change an id: only `updated` moves."""
    assert all(feed.revisions == "updated" for feed in load_catalog(SHIPPED) if "www.gov.uk/" in feed.url)


def test_the_shipped_schema_is_the_current_one() -> None:
    """Editors read the file; it is written by the function."""
    schema = json.loads((SHIPPED.parent / "schema" / "feeds.schema.json").read_text(encoding="utf-8"))
    assert schema == catalog_schema()
