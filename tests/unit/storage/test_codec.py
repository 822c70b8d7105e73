"""Values survive the way into the database and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.codec import clean, dumped, facts_of, feed_state_json, feed_state_of, matter_of
from storage.moments import micros, moment_of
from storage.records import AlsoIn, Amount, Deadline, Facts, FeedState, Mention, Showing, Span
from storage.words import Level, Stage, Tier
from tests.unit.storage.make import NOW, matter

SPAN = Span(field="body", start=3, end=9, text="Amazon")


@settings(deadline=None, max_examples=200)
@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_moments_come_back_exactly_and_sort_as_they_are(first: datetime, second: datetime) -> None:
    assert moment_of(micros(first)) == first
    assert (micros(first) < micros(second)) == (first < second)


def test_a_moment_of_another_zone_comes_back_as_the_same_instant_in_utc() -> None:
    local = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    back = moment_of(micros(local))
    assert back == local
    assert back.utcoffset() == timedelta(0)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        micros(datetime(2026, 1, 1))  # noqa: DTZ001 # what the test is about


def test_facts_come_back_whole() -> None:
    facts = Facts(
        regulators=("cma", "ftc"),
        companies=("amazon",),
        ties=(("amazon", "anthropic"),),
        stage=Stage.DECISION,
        hedged=True,
        theories=("foreclosure",),
        deal_form="investment",
        amounts=(Amount(value=5, currency="EUR", kind="fine", upto=True, span=SPAN),),
        cases=("M.11766",),
        deadlines=(Deadline(on=date(2026, 4, 1), what="comments", span=SPAN),),
        mentions=(Mention(id="cma", kind="regulator", spans=(SPAN,), salience=0.5),),
        scrutiny=(("cma", "ai-tie"),),
        outcome="cleared",
    )
    assert facts_of(dumped(facts)) == facts


def test_a_matter_comes_back_whole() -> None:
    one = matter(
        tie=("amazon", "anthropic"),
        stage=Stage.INQUIRY,
        deadline=Deadline(on=date(2026, 4, 1), what="x"),
        told=True,
    )
    assert matter_of(dumped(one), 7) == matter(
        tie=one.tie, stage=one.stage, deadline=one.deadline, told=True, id=7
    )


def test_a_feeds_state_comes_back_whole() -> None:
    state = FeedState(
        feed="f",
        etag='W/"x"',
        item_digests=frozenset({"b", "a"}),
        ok_at=NOW,
        failing_since=NOW,
        failures=3,
        told="dns",
    )
    assert feed_state_of(feed_state_json(state), "a b") == state


def test_a_field_of_a_newer_version_is_passed_over() -> None:
    assert facts_of('{"regulators": ["cma"], "not_known_yet": 1}') == Facts(regulators=("cma",))


@pytest.mark.parametrize(
    ("raw", "stored"),
    [("a\0b", "ab"), ("x\ud800y", "x?y"), ("é", "é"), ("", "")],
    ids=["nul", "surrogate", "é", "empty"],
)
def test_text_that_sqlite_cannot_hold_is_cleaned(raw: str, stored: str) -> None:
    assert clean(raw) == stored


def test_what_a_matter_shows_comes_back_whole() -> None:
    showing = Showing(
        title="t",
        url="u",
        source="s",
        tier=Tier.OFFICIAL,
        level=Level.HIGH,
        rule="r",
        reason="opened",
        seen_at=NOW,
        updated_at=NOW,
        quote="q",
        words=("w",),
        amounts=(Amount(value=5, currency="EUR", kind="fine", upto=True),),
        theories=("foreclosure",),
    )
    one = matter(showing=showing, also=(AlsoIn(source="a", url="b"), AlsoIn(source="c")), noted_at=NOW)
    back = matter_of(dumped(one), 7)
    assert (back.showing, back.also, back.noted_at) == (showing, one.also, NOW)
