"""`regwatch feeds` against a real server on this machine: what it prints, what it writes, how it exits."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.main import main
from storage.database import open_store
from storage.records import FeedState, PollPlan
from tests.http_server import Answer, HttpServer

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FEED = (
    b'<rss version="2.0"><channel><title>The \x1b[31mExample\xe2\x80\xae</title><link>https://e.org/</link><language>en-gb</language>'
    b"<item><title>CMA opens a merger inquiry</title><link>/a</link><guid>1</guid>"
    b"<pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>"
)
PAGE = b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>News</body></html>'


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with HttpServer() as one:
        one.serve("/feed.xml", Answer(body=FEED.replace(b"\x1b", b"")))
        one.serve("/page", Answer(body=PAGE, content_type="text/html"))
        one.serve("/none", Answer(body=b"<html><title>Nothing here</title></html>", content_type="text/html"))
        yield one


@pytest.fixture
def home(tmp_path: Path, server: HttpServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with settings and a catalogue of one good and one bad feed; commands run there."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "regwatch.yaml").write_text(
        f'rules: rules\nnetwork: {{host_gap: 0s, private_hosts: ["{server.host_port}"]}}\n'
    )
    (tmp_path / "rules" / "feeds.yaml").write_text(
        f"# ours\n- id: good\n  url: {server.url('/feed.xml')}\n  tier: official\n  authority: cma\n"
        f"- id: bad\n  url: {server.url('/none')}\n- id: off\n  url: {server.url('/x')}\n  enabled: false\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["feeds", *words])
    out, err = capsys.readouterr()
    return code, out, err


def test_list_shows_the_catalogue(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every feed with its keys, in the file's order."""
    code, out, _ = run(capsys, "list", "--format", "json")
    rows = json.loads(out)
    assert code == 0
    assert [row["id"] for row in rows] == ["good", "bad", "off"]
    assert (rows[0]["tier"], rows[0]["authority"], rows[2]["enabled"]) == ("official", "cma", False)


def test_an_invalid_catalogue_is_told_with_its_places(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, every problem on its own line."""
    (home / "rules" / "feeds.yaml").write_text("- id: A\n  url: x\n")
    code, _, err = run(capsys, "list")
    assert code == 2
    assert ":1:7:" in err
    assert ":2:8:" in err


def test_check_says_what_each_feed_gives(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line a feed; exit code 1 because one is none; a feed that is off is not asked."""
    code, out, _ = run(capsys, "check", "--format", "json")
    rows = {row["id"]: row for row in json.loads(out)}
    assert code == 1
    assert set(rows) == {"good", "bad"}
    assert (rows["good"]["result"], rows["good"]["entries"], rows["good"]["newest"]) == (
        "ok",
        1,
        "2026-11-23T10:00:00Z",
    )
    assert rows["bad"]["result"] == "not-a-feed"
    assert "Nothing here" in rows["bad"]["detail"]
    assert not (home / "regwatch.db").exists()


def test_check_takes_an_address(home: Path, server: HttpServer, capsys: pytest.CaptureFixture[str]) -> None:
    """An address that no catalogue has; what the feed says cannot colour or turn the terminal."""
    code, out, _ = run(capsys, "check", server.url("/feed.xml"))
    assert code == 0
    assert "CMA opens a merger inquiry" in out
    assert not {"\x1b", "\u202e"} & set(out)


def test_a_feed_of_an_authority_that_nobody_knows_is_not_added(
    home: Path, server: HttpServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would make a feeds.yaml that the bot refuses."""
    shutil.copytree(Path(__file__).parents[2] / "rules" / "lexicon", home / "rules" / "lexicon")
    code, _, err = run(capsys, "add", server.url("/page"), "--authority", "cmaa")
    assert code == 2
    assert 'the lexicon has no such authority; did you mean "cma"?' in err


def test_an_unknown_feed_is_bad_usage(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, with the nearest name."""
    code, _, err = run(capsys, "check", "goood")
    assert code == 2
    assert 'Did you mean "good"?' in err


def test_add_finds_the_feed_behind_a_page(
    home: Path, server: HttpServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page's declared feed is proved to parse, then appended; what was there stays."""
    path = home / "rules" / "feeds.yaml"
    path.write_text("# ours\n- id: bad # keep\n  url: https://e.org/x\n")
    code, out, _ = run(
        capsys, "add", server.url("/page"), "--tier", "official", "--authority", "cma", "--every", "10m"
    )
    assert code == 0
    assert "id: the-31mexample" in out
    text = path.read_text()
    assert text.startswith("# ours\n- id: bad # keep\n")
    assert server.url("/feed.xml") in text
    code, out, _ = run(capsys, "list", "--format", "json")
    added = json.loads(out)[-1]
    assert (added["authority"], added["language"], added["every_seconds"]) == ("cma", "en", 600)


def test_add_refuses_what_is_there_and_what_is_no_feed(
    home: Path, server: HttpServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A known address is bad usage; a page without feeds is a failure that says what to do; nothing is written."""
    before = (home / "rules" / "feeds.yaml").read_bytes()
    code, _, err = run(capsys, "add", server.url("/page"))
    assert code == 2
    assert "as good" in err
    code, _, err = run(capsys, "add", server.url("/none"))
    assert code == 1
    assert "not-a-feed" in err
    code, _, err = run(capsys, "add", "javascript:alert(1)")
    assert code == 2
    assert (home / "rules" / "feeds.yaml").read_bytes() == before


def test_opml_goes_out_and_comes_in(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is exported is imported into an empty catalogue; a second import adds nothing."""
    assert run(capsys, "export", "all.opml")[0] == 0
    (home / "rules" / "feeds.yaml").unlink()
    code, out, _ = run(capsys, "import", "all.opml", "--config", "regwatch.yaml")
    assert code == 0
    assert "3 of 3 added" in out
    assert "0 of 3 added" in run(capsys, "import", "all.opml")[1]


def test_status_shows_the_worst_first_with_advice(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A failing feed leads, says why and what to do, and makes the exit code 1."""
    store = open_store(f"sqlite:///{home / 'regwatch.db'}")
    states = (
        FeedState(feed="good", ok_at=NOW, outcome="ok", entries_last=1, next_at=NOW + timedelta(minutes=10)),
        FeedState(feed="bad", outcome="not-a-feed", failures=3, failing_since=NOW, detail="a web page"),
    )
    try:
        with store.writing() as tx:
            for state in states:
                tx.save_poll(PollPlan(state=state, at=NOW))
    finally:
        store.close()
    code, out, _ = run(capsys, "status", "--format", "json")
    rows = json.loads(out)
    assert code == 1
    assert [(row["id"], row["state"]) for row in rows] == [
        ("bad", "failing"),
        ("good", "ok"),
        ("off", "disabled"),
    ]
    assert (rows[0]["failure"], rows[0]["failures"]) == ("not-a-feed", 3)
    assert "regwatch feeds add" in rows[0]["advice"]
    assert rows[1]["next_due"] == "2026-11-23T12:10:00Z"


def test_status_before_the_first_poll(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No database yet is no failure."""
    code, out, err = run(capsys, "status")
    assert code == 0
    assert "never" in out
    assert "run --once" in err
