"""Where a delivery of the past goes by the settings of today."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.alerts.readdress import Addresses, destinations_now, home_now
from bot.config import RouteSettings
from storage.records import Delivery, Facts, Hit, Matter, Message
from storage.words import DeliveryAction, DeliveryState, Kind, Level, RuleStatus
from tests.unit.alerts.making import NOW, matter

CMA = RouteSettings(to="#cma", regulators=("cma",))


def delivery(to: str = "#old", *, reason: str = "opened", about: str | None = None) -> Delivery:
    return Delivery(
        id=1,
        key=f"opened:x:{to}",
        destination=to,
        action=DeliveryAction.POST,
        message=Message(text="x"),
        reason=reason,
        level=Level.HIGH,
        state=DeliveryState.FAILED,
        attempts=1,
        created_at=NOW,
        matter=about,
    )


def hit(article: int = 1, *, rule: str = "cma-ai-tie", kind: Kind = Kind.SIGNAL) -> Hit:
    return Hit(
        id=article,
        article_id=article,
        revision=0,
        url="https://news.example/1",
        title="A title",
        feed="wire",
        rule=rule,
        rule_digest="",
        kind=kind,
        level=Level.HIGH,
        status=RuleStatus.LIVE,
        verdict="told",
        facts=Facts(companies=("openai",)),
        spans=(),
        sentence="",
        matter=None,
        language="en",
        published_at=None,
        first_seen_at=NOW,
        matched_at=NOW + timedelta(0),
    )


def now(one: Delivery, hits: tuple[Hit, ...] = (), about: Matter | None = None, **words: object) -> object:
    return destinations_now(one, hits, about, Addresses(**{"home": "#home", **words}))  # type: ignore[arg-type] # by name


def test_an_alert_for_a_channel_that_is_no_longer_named_goes_home() -> None:
    assert now(delivery(), (hit(),)) == ("#home",)


def test_an_alert_takes_the_routes_of_today() -> None:
    """By what its hit and its matter say."""
    routes = (
        CMA,
        RouteSettings(to="#openai", companies=("openai",)),
        RouteSettings(to="#ftc", rules=("ftc",)),
    )
    assert now(delivery(about=matter().key), (hit(),), matter(), routes=routes) == ("#cma", "#openai")


def test_an_alert_that_would_go_there_again_stays() -> None:
    assert now(delivery("#home"), (hit(),)) == ()
    assert now(delivery("#cma"), (hit(),), matter(), routes=(CMA,)) == ()


def test_an_alert_that_fits_by_any_of_its_hits_stays() -> None:
    """Which of several rules led to it is not known any more."""
    route = RouteSettings(to="#deals", kinds=("deal",))
    assert now(delivery("#deals"), (hit(), hit(kind=Kind.DEAL)), routes=(route,)) == ()


def test_a_list_of_several_articles_stays_where_its_channel_is_still_named() -> None:
    assert now(delivery("#cma", reason="roll-up"), (hit(1), hit(2)), routes=(CMA,)) == ()
    assert now(delivery("#gone", reason="roll-up"), (hit(1), hit(2))) == ("#home",)


@pytest.mark.parametrize(
    ("reason", "to"), [("ops", "#ops"), ("baseline", "#ops"), ("digest", "#weekly"), ("reminder", "#home")]
)
def test_words_of_our_own_go_where_such_words_go(reason: str, to: str) -> None:
    assert now(delivery(reason=reason), ops="#ops", digest="#weekly") == (to,)


def test_what_is_for_the_terminal_or_for_nobody_knows_where_stays() -> None:
    assert now(delivery("terminal"), (hit(),)) == ()
    assert now(delivery(), (hit(),), home="") == ()


@pytest.mark.parametrize(
    ("channel", "was", "token", "webhook", "home"),
    [
        ("#new", "#old", False, False, "#new"),  # the bot's token need not be in this shell
        ("#new", "webhook", False, True, ""),
        ("#new", "webhook", True, True, "#new"),
        ("", "#old", False, True, "webhook"),
        ("", "#old", True, False, ""),
    ],
)
def test_home_is_the_channel_unless_nobody_can_tell(
    channel: str, was: str, token: bool, webhook: bool, home: str
) -> None:
    assert home_now(channel, was, token=token, webhook=webhook) == home
