"""What is kept of the article that proves a step."""

from __future__ import annotations

from dataclasses import replace

from bot.matters.showing import also_in, ranked, showing_of, shown_anew
from storage.records import Amount, Matter, Showing, Span
from storage.words import Level, Tier
from tests.replay import START, article, facts, match, matter

BN = 10**9


def usd(billions: float, kind: str = "other", field: str | None = "body") -> Amount:
    span = Span(field=field, start=0, end=1, text="x") if field else None
    return Amount(value=int(billions * BN), currency="USD", kind=kind, span=span)


def showing(source: str, *amounts: Amount) -> Showing:
    return showing_of(
        article=replace(article(source), url=f"https://{source}.test"),
        facts=replace(facts(), amounts=amounts),
        match=match(),
        source=source,
        tier=Tier.PRESS,
        level=Level.HIGH,
        reason="opened",
        seen_at=START,
        authority="cma",
    )


def values(*amounts: Amount) -> list[float]:
    return [a.value / BN for a in ranked(amounts)]


def test_sums_come_biggest_first_and_each_once() -> None:
    assert values(usd(2, field="title"), usd(50, field="title"), usd(2, field="summary")) == [50, 2]


def test_sums_of_title_and_summary_go_before_a_table_of_past_deals() -> None:
    assert values(usd(4, field="summary"), usd(10), usd(13, "investment")) == [4]


def test_of_the_body_the_deals_own_sums_are_shown() -> None:
    assert values(usd(10), usd(50, "investment"), usd(4)) == [50]


def test_a_valuation_comes_after_what_is_paid() -> None:
    assert values(usd(300, "valuation", "title"), usd(8, "investment", "title")) == [8, 300]


def test_yen_are_not_bigger_than_dollars() -> None:
    yen = Amount(value=900 * BN, currency="JPY", kind="investment")
    assert [a.currency for a in ranked((yen, usd(13, "investment", None)))] == ["USD", "JPY"]


def test_three_sums_are_shown_and_the_rest_is_counted() -> None:
    one = showing("wire", *(usd(n, "investment", "title") for n in range(1, 6)))
    assert ([a.value / BN for a in one.amounts], one.more_amounts) == ([5, 4, 3], 2)


def held() -> Matter:
    return replace(matter(), showing=showing("wire"))


def test_further_sources_are_named_up_to_three_each_once() -> None:
    one = held()
    for source in ("wire", "a", "a", "b", "c", "d"):
        one = replace(one, also=also_in(one, source, f"https://{source}.test"))
    assert [more.source for more in one.also] == ["a", "b", "c"]
    assert one.also[0].url == "https://a.test"


def test_when_the_authority_confirms_the_press_becomes_a_further_source() -> None:
    one = shown_anew(replace(held(), also=also_in(held(), "a", "")), showing("authority"))
    assert one.showing is not None
    assert (one.showing.source, [more.source for more in one.also]) == ("authority", ["wire", "a"])
