"""Every link has one reason: the strongest of what became of its hits, or why there is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.history.why import (
    Neighbour,
    Reason,
    RuleSaid,
    article_trace,
    date_in,
    fate_of,
    same_site,
    trace_of,
    window_of,
)
from storage.records import Delivery, Hit, Interval, Message, Silence, StoredArticle
from storage.words import DeliveryAction, DeliveryState, Kind, Level, RuleStatus
from tests.unit.history.fill import DAY, HOUR, KEY, START
from tests.unit.storage.make import article, facts

NOW = START + 9 * DAY


def hit(verdict: str = "told", **values: object) -> Hit:
    words: dict[str, object] = {
        "id": 1,
        "article_id": 1,
        "revision": 0,
        "url": "https://news.example/a",
        "title": "A title",
        "feed": "wire",
        "rule": "cma-tie",
        "rule_digest": "0" * 16,
        "kind": Kind.SIGNAL,
        "level": Level.HIGH,
        "status": RuleStatus.LIVE,
        "verdict": verdict,
        "facts": facts(),
        "spans": (),
        "sentence": "",
        "matter": KEY,
        "language": "en",
        "published_at": START - 40 * DAY,
        "first_seen_at": START,
        "matched_at": START,
    }
    return Hit(**{**words, **values})  # type: ignore[arg-type]


def delivery(state: DeliveryState, **values: object) -> Delivery:
    words: dict[str, object] = {
        "id": 7,
        "key": "k",
        "destination": "#news",
        "action": DeliveryAction.POST,
        "message": Message(text="t"),
        "reason": "opened",
        "level": Level.HIGH,
        "state": state,
        "attempts": 0,
        "created_at": START,
    }
    return Delivery(**{**words, **values})  # type: ignore[arg-type]


def silence(number: int = 1, **values: object) -> Silence:
    words: dict[str, object] = {
        "id": number,
        "author": "Ada",
        "reason": "noise",
        "created_at": START - DAY,
        "until": START + DAY,
    }
    return Silence(**{**words, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        ("baseline", Reason.BASELINE),
        ("late", Reason.LATE),
        ("shadow", Reason.SHADOW),
        ("duplicate", Reason.DUPLICATE),
        ("known", Reason.KNOWN),
        ("corroborates", Reason.GROUPED),
        ("silenced", Reason.SILENCED),
    ],
)
def test_a_quiet_verdict_is_its_own_reason(verdict: str, reason: Reason) -> None:
    """Even where the poll wrote deliveries for the same matter."""
    assert fate_of(hit(verdict), [delivery(DeliveryState.SENT)], (), NOW).reason is reason


@pytest.mark.parametrize(
    ("states", "reason"),
    [
        ([delivery(DeliveryState.SENT), delivery(DeliveryState.PENDING)], Reason.SENT),
        ([delivery(DeliveryState.PENDING)], Reason.PENDING),
        ([delivery(DeliveryState.UNKNOWN)], Reason.PENDING),
        ([delivery(DeliveryState.FAILED, error="rate limited")], Reason.PENDING),
        ([delivery(DeliveryState.PENDING, not_before=NOW + HOUR)], Reason.HELD),
        ([delivery(DeliveryState.PENDING, not_before=NOW - HOUR)], Reason.PENDING),
        ([delivery(DeliveryState.FAILED, attempts=1, not_before=NOW + HOUR)], Reason.PENDING),
        ([delivery(DeliveryState.DEAD, error="channel_not_found")], Reason.FAILED),
        ([], Reason.NOT_ROUTED),
    ],
    ids=["sent", "pending", "unknown", "failed", "held", "quiet hours over", "retry", "dead", "none"],
)
def test_what_was_to_be_told_is_as_far_as_its_delivery(states: list[Delivery], reason: Reason) -> None:
    """The best of several destinations counts."""
    assert fate_of(hit(), states, (), NOW).reason is reason


def test_a_sent_hit_has_its_permalink() -> None:
    """Of several deliveries the one that has one."""
    sent = [delivery(DeliveryState.SENT), delivery(DeliveryState.SENT, id=8, permalink="https://slack/p")]
    assert fate_of(hit(), sent, (), NOW).permalink == "https://slack/p"


@pytest.mark.parametrize(
    ("over", "found"),
    [
        (silence(company="anthropic"), True),
        (silence(regulator="cma"), True),
        (silence(matter=KEY), True),
        (silence(rule="cma-tie", feed="wire"), True),
        (silence(rule="cma-tie", feed="other"), False),
        (silence(company="nvidia"), False),
        (silence(company="anthropic", until=START - HOUR), False),
        (silence(company="anthropic", created_at=START + HOUR), False),
    ],
    ids=["company", "regulator", "matter", "rule and feed", "other feed", "other company", "over", "later"],
)
def test_the_silence_that_hid_a_hit_is_named(over: Silence, *, found: bool) -> None:
    """By whom, until when, and why, as it stood when the hit was made."""
    fate = fate_of(hit("silenced"), (), [over], NOW)
    assert (fate.silence is over) is found
    assert ("silenced by Ada until" in fate.because) is found


def test_the_strongest_fate_is_the_articles() -> None:
    """A link that was told once was told."""
    stored = StoredArticle(id=1, article=article(), first_seen_at=START)
    fates = [fate_of(hit("shadow"), (), (), NOW), fate_of(hit(), [delivery(DeliveryState.SENT)], (), NOW)]
    assert article_trace(stored, fates).reason is Reason.SENT


def test_without_hits_the_nearest_rule_is_named() -> None:
    """With how much of it held."""
    stored = StoredArticle(id=1, article=article(), first_seen_at=START)
    rules = [
        RuleSaid(rule="far", status="live", matches=False, held=0, of=3),
        RuleSaid(rule="near", status="live", matches=False, held=2, of=3),
    ]
    trace = article_trace(stored, (), rules)
    assert trace.reason is Reason.NO_MATCH
    assert trace.because == "none of 2 live rules matched; near came nearest, with 2 of 3 clauses"


def test_no_rule_is_nearest_where_nothing_held() -> None:
    """A name would mislead."""
    stored = StoredArticle(id=1, article=article(), first_seen_at=START)
    rules = [RuleSaid(rule="far", status="live", matches=False, held=0, of=1)]
    assert article_trace(stored, (), rules).because == "none of 1 live rules matched"


def test_a_rule_written_since_is_said_to_match_today() -> None:
    """Past articles are not told, but the reader learns of it."""
    stored = StoredArticle(id=1, article=article(), first_seen_at=START)
    trace = article_trace(stored, (), [RuleSaid(rule="new", status="live", matches=True)])
    assert "today new would" in trace.because


GAP = Interval(feed="wire", state="gap", reason="", since=START, until=START + HOUR)


@pytest.mark.parametrize(
    ("dark", "dated", "reason"),
    [
        ((GAP,), True, Reason.IN_GAP),
        ((GAP,), False, Reason.NEVER_CARRIED),
        ((), True, Reason.NEVER_CARRIED),
    ],
    ids=["gap on its day", "day unknown", "watched"],
)
def test_a_gap_is_blamed_only_on_the_day_in_question(
    dark: tuple[Interval, ...], *, dated: bool, reason: Reason
) -> None:
    """A gap at another time explains nothing."""
    near = Neighbour(feed="wire", enabled=True, polled=True, dark=dark)
    assert trace_of("u", "l", (), neighbours=[near], dated=dated).reason is reason


@pytest.mark.parametrize(
    ("link", "day"),
    [
        ("https://a.example/2024/03/02/story", datetime(2024, 3, 2, tzinfo=UTC)),
        ("https://a.example/story-2024-03-02.html", datetime(2024, 3, 2, tzinfo=UTC)),
        ("https://a.example/20240302/story", datetime(2024, 3, 2, tzinfo=UTC)),
        ("https://a.example/2026/02/31/story", None),
        ("https://a.example/story-12024030299", None),
    ],
    ids=["folders", "dashes", "digits", "no such day", "a number"],
)
def test_the_day_of_a_link_is_read_from_it(link: str, day: datetime | None) -> None:
    """As many news sites write it; a long number is none."""
    assert date_in(link) == day


def test_without_a_day_the_last_month_is_in_question() -> None:
    """And a day ahead of now is no day."""
    assert window_of(None, NOW) == window_of(NOW + DAY, NOW) == (NOW - timedelta(days=30), NOW)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("feeds.bbci.co.uk", "bbci.co.uk", True),
        ("gov.uk", "assets.gov.uk", False),
        ("ec.europa.eu", "competition-policy.ec.europa.eu", True),
        ("news.example", "rss.news.example", True),
        ("a.co.uk", "b.co.uk", False),
        ("", "", False),
    ],
)
def test_hosts_of_one_site(one: str, other: str, *, same: bool) -> None:
    """A feed often stands on a host of its own beside the pages."""
    assert same_site(one, other) is same
