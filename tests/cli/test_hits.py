"""`regwatch hits` by its contract: formats, filters, dates, evidence, safety, and a light start."""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli import hits
from bot.cli.hits_query import end_of, start_of, sum_of
from bot.errors import UsageError
from bot.matching.money_words import CODES, CURRENCIES
from storage.errors import StorageError
from storage.outbox import Outbox
from storage.records import MessageRef, NewRevision, RawFetch
from tests.unit.storage.make import (
    MATTER,
    MINUTE,
    NOW,
    a_store,
    article,
    delivery,
    hit,
    matter,
    new,
    poll,
    save,
)

Run = Callable[..., int]
CONTRACT = {
    "id", "url", "title", "feed", "rule", "kind", "level", "stage", "regulators", "companies", "amounts", "matter",
    "published_at", "first_seen_at", "matched_at",
}  # fmt: skip
ESCAPE = "\x1b[31mred\x9b0m \u202eevil"


@pytest.fixture(name="run")
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Fill a database, and give a way to run the command on it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REGWATCH_DATABASE", f"sqlite:///{tmp_path / 'watch.db'}")
    with a_store(tmp_path) as store:
        first = poll(
            new("a1", hit(), title="La CMA ouvre une enquête", published_at=NOW - timedelta(days=40)),
            new("a2", hit("=formula", regulators=("ftc",)), title=ESCAPE),
            matters=(matter(),),
            deliveries=(delivery("d1", matter=MATTER, article_keys=("guid:a1",)),),
        )
        save(store, first, raw=RawFetch(url="https://feed.example", fetched_at=NOW, body=b"raw"))
        changed = article("a1", title="La CMA ouvre une enquête (mise à jour)", digest="d2")
        save(store, poll(revisions=(NewRevision(id=1, article=changed, hits=(hit(),)),), at=NOW + MINUTE))
        outbox = Outbox(store)
        outbox.claim(NOW)
        outbox.sent(1, MessageRef(channel_id="C", ts="1"), "https://slack.example/p1", NOW)

    def run(*words: str) -> int:
        parser = argparse.ArgumentParser()
        hits.register(parser.add_subparsers())
        args = parser.parse_args(["hits", *words])
        code: int = args.handler(args)
        return code

    return run


def test_json_is_a_list_of_objects_with_the_fields_of_the_contract(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("enquete", "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in found] == [3, 1]
    assert set(found[0]) >= CONTRACT
    assert found[1]["amounts"][0] == {
        "value": 4_000_000_000,
        "currency": "USD",
        "kind": "investment",
        "upto": False,
    }
    assert found[1]["published_at"] == "2026-01-21T09:30:00Z"
    assert found[1]["matched_at"] == "2026-03-02T09:30:00Z"
    assert (found[1]["matter"], found[1]["stage"], found[1]["regulators"]) == (MATTER, "inquiry", ["cma"])


def test_json_of_nothing_is_an_empty_list_and_fine(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("nowhere", "--format", "json") == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == []
    assert "No hits" in said.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--regulator", "eu"), "No hit at all has the regulator eu; there are: "),
        (("--company", "antropic"), 'No hit at all has the company antropic; did you mean "anthropic"?'),
        (("--rule", "cma-ai-tye"), "No hit at all has the rule cma-ai-tye; "),
        (("--matter", "cma:nobody"), "No hit at all has the matter cma:nobody; "),
        (("--feed", "nowhere-feed"), "No hit at all has the feed nowhere-feed; "),
    ],
)
def test_a_word_that_no_hit_carries_is_told_from_nothing_found(
    run: Run, capsys: pytest.CaptureFixture[str], words: tuple[str, str], said: str
) -> None:
    """A typing error in a filter must not read as "nothing happened"."""
    assert run(*words) == 0
    assert said in capsys.readouterr().err


def test_nothing_found_for_known_words_says_no_more(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--regulator", "cma", "--since", "2031-01-01") == 0
    assert capsys.readouterr().err == "No hits.\n"


def test_jsonl_is_one_object_a_line(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("--format", "jsonl")
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == [3, 2, 1]


def test_csv_holds_no_formula(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("--format", "csv")
    found = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {one["rule"] for one in found} == {"'=formula", "cma-tie"}
    assert not [value for one in found for value in one.values() if value.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("style", ["table", "md", "csv"])
def test_what_is_shown_obeys_no_terminal_escape(
    style: str, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--format", style)
    shown = capsys.readouterr().out
    assert "red" in shown
    assert not set(shown) & {"\x1b", "\x9b", "\u202e", "\x07"}


def test_the_table_away_from_a_terminal_is_plain_text(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("--limit", "2")
    said = capsys.readouterr()
    assert said.out.splitlines()[0].split()[:3] == ["id", "matched", "level"]
    assert "Hits 1 to 2 of 3; --offset 2 shows more." in said.err


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (["--regulator", "FTC"], [2]),
        (["--regulator", "ftc,cma", "--sort", "oldest"], [1, 2, 3]),
        (["--company", "anthropic", "--rule", "=formula"], [2]),
        (["--kind", "deal"], []),
        (["--level", "medium+"], [3, 2, 1]),
        (["--stage", "decision+"], []),
        (["--matter", MATTER], [3, 2, 1]),
        (["--until", "2026-02", "--by", "published"], [1]),
        (["--since", "2026-03-02T09:31"], [3]),
        (["--min-amount", "4bn"], [3, 2, 1]),
        (["--min-amount", "5bn"], []),
        (["--min-amount", "$4bn"], [3, 2, 1]),
        (["--min-amount", "EUR 1"], []),
        (["title:enquête", "jour"], [3]),
        (["--", "-cma"], [2]),
        (["ouvre -jour"], [1]),
    ],
    ids=lambda words: " ".join(words) if words and isinstance(words[0], str) else None,
)
def test_filters(words: list[str], ids: list[int], run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    rest = [*words[:1], *words[1:]]
    split = rest.index("--") if "--" in rest else len(rest)
    assert run(*rest[:split], "--format", "json", *rest[split:]) == 0
    assert [one["id"] for one in json.loads(capsys.readouterr().out)] == ids


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--since", "someday"], "2026-03-01"),
        (["--kind", "signl"], 'did you mean "signal"'),
        (["--level", "loud"], "low, medium, high"),
        (["--min-amount", "lots"], "500m"),
        (["--min-amount", ""], "not a sum"),
        (["--min-amount", "1,5bn"], "not a sum"),
        (["--min-amount=-1bn"], "not a sum"),
        (["--min-amount", "1bn bananas"], "not a sum"),
        (["--min-amount", "1bn UDS"], 'UDS is no currency.*did you mean "USD"'),
        (["--min-amount", "$1bn EUR"], "two currencies"),
        (["--since", "2026-03-02", "--until", "2026-03-01"], "ends before"),
        (["--limit", "-1"], "count from 0"),
        (["show", "99"], "there is no hit 99"),
        (["show", "1", "--format", "csv"], "hits show writes"),
    ],
)
def test_bad_words_are_a_usage_error_with_help(words: list[str], said: str, run: Run) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        run(*words)
    assert caught.value.exit_code == 2


def test_the_evidence_shows_spans_facts_rule_changes_and_deliveries(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("show", "3") == 0
    shown = capsys.readouterr().out
    for part in (
        "[[La CM]]A ouvre", "cma-tie (CMA acts on a tie), live, digest 0000", "USD 4bn", "- La CMA ouvre une enquête",
        "+ La CMA ouvre une enquête (mise à jour)", "https://slack.example/p1", "seal: ", "companies:   amazon, anthropic",
    ):  # fmt: skip
        assert part in shown


def test_the_evidence_as_json_holds_texts_and_spans(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("show", "1", "--format", "json")
    one = json.loads(capsys.readouterr().out)
    assert one["spans"] == [{"field": "title", "start": 0, "end": 5, "text": "Title"}]
    assert len(one["revisions"]) == 2
    assert one["evidence"][0]["size"] == 3
    assert one["deliveries"][0]["permalink"] == "https://slack.example/p1"


def test_the_evidence_of_a_hostile_title_is_harmless(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("show", "2")
    assert not set(capsys.readouterr().out) & {"\x1b", "\x9b", "\u202e"}


def test_a_missing_database_is_said_plainly(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REGWATCH_DATABASE", f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(StorageError, match="there is no database"):
        run()


MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("7d", "2026-02-23T15:00", "2026-02-23T15:00"),
        ("12h", "2026-03-02T03:00", "2026-03-02T03:00"),
        ("3 days ago", "2026-02-27T15:00", "2026-02-27T15:00"),
        ("2026-03-01", "2026-03-01T00:00", "2026-03-02T00:00"),
        ("2026-03-01T10:00", "2026-03-01T10:00", "2026-03-01T10:00"),
        ("2026-03-01T10:00+02:00", "2026-03-01T08:00", "2026-03-01T08:00"),
        ("2026-03-01T10:00Z", "2026-03-01T10:00", "2026-03-01T10:00"),
        ("2026-02", "2026-02-01T00:00", "2026-03-01T00:00"),
        ("2025", "2025-01-01T00:00", "2026-01-01T00:00"),
        ("today", "2026-03-02T00:00", "2026-03-03T00:00"),
        ("Yesterday", "2026-03-01T00:00", "2026-03-02T00:00"),
        ("since monday", "2026-03-02T00:00", "2026-03-03T00:00"),
        ("last monday", "2026-02-23T00:00", "2026-02-24T00:00"),
        ("fri", "2026-02-27T00:00", "2026-02-28T00:00"),
        ("last week", "2026-02-23T00:00", "2026-03-02T00:00"),
        ("last month", "2026-02-01T00:00", "2026-03-01T00:00"),
        ("march", "2026-03-01T00:00", "2026-04-01T00:00"),
        ("december", "2025-12-01T00:00", "2026-01-01T00:00"),
        ("1 march 2026", "2026-03-01T00:00", "2026-03-02T00:00"),
        ("last year", "2025-01-01T00:00", "2026-01-01T00:00"),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, start: str, end: str) -> None:
    """`since` takes the beginning of what is named, `until` its end; all in UTC."""
    assert start_of(text, MONDAY, "--since") == datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert end_of(text, MONDAY, "--until") == datetime.fromisoformat(end).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "2026-13",
        "2026-02-30",
        "99999999999d",
        "32 march",
        "0000",
        "2026-03-01T99:00",
        "-1d",
        "9999 years ago",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a date"):
        start_of(text, MONDAY, "--since")


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("1bn", 10**9, ""),
        ("1.5bn", 1_500_000_000, ""),
        ("500m", 5 * 10**8, ""),
        ("500 million", 5 * 10**8, ""),
        ("2_000", 2000, ""),
        ("2,000,000", 2_000_000, ""),
        ("$4bn", 4 * 10**9, "USD"),
        ("10bn USD", 10**10, "USD"),
        ("usd 10 billion", 10**10, "USD"),
        ("EUR 500m", 5 * 10**8, "EUR"),
        ("EUR 10k", 10_000, "EUR"),
        ("3 thousand", 3000, ""),
        ("1tn JPY", 10**12, "JPY"),
        ("£1bn", 10**9, "GBP"),
        ("1bn€", 10**9, "EUR"),
        ("rmb 2m", 2 * 10**6, "CNY"),
    ],
)
def test_sums_are_read_as_people_write_them(text: str, value: int, currency: str) -> None:
    assert sum_of(text) == (value, currency)


def test_every_currency_that_articles_are_read_in_can_be_asked_for() -> None:
    """What was stored can be found."""
    assert {sum_of(f"1 {code}")[1] for code in CODES} <= set(CURRENCIES.values())


@pytest.mark.parametrize("style", ["table", "json"])
def test_hits_are_written_in_one_piece(run: Run, monkeypatch: pytest.MonkeyPatch, style: str) -> None:
    """A stream without a buffer, as in a container, is not handed four thousand signs one by one."""
    out = _Counting()
    monkeypatch.setattr(sys, "stdout", out)
    assert run("--format", style) == 0
    assert out.writes == 1


class _Counting(io.StringIO):
    writes = 0

    def write(self, text: str) -> int:
        self.writes += 1
        return super().write(text)


def test_a_search_starts_light(run: Run) -> None:
    """Neither the network, nor Slack, nor the ORM, nor rich is imported to answer off a terminal."""
    assert run("--limit", "1") == 0
    code = (
        "import sys; from bot.cli.main import main; main(['hits', 'enquete']); "
        "heavy = {'httpx', 'feedparser', 'slack_sdk', 'apscheduler', 'sqlmodel', 'sqlalchemy', 'rich', 'pydantic',"
        " 'yaml', 'storage.records'};"
        "sys.exit(','.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, env=os.environ
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("words", [("show",), ("export",)])
def test_an_action_without_an_id_is_no_search(run: Run, words: tuple[str, ...]) -> None:
    """Nobody looks for the word "show" alone."""
    with pytest.raises(UsageError, match="needs the ID of a hit"):
        run(*words)


def test_ids_may_be_parted_by_commas(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "1,3", "--format", "json") == 0
    assert [one["id"] for one in json.loads(capsys.readouterr().out)] == [1, 3]
