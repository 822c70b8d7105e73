"""Which channels an alert goes to."""

from __future__ import annotations

import pytest

from bot.alerts.routing import destinations, strange_words
from bot.alerts.ways import slips
from bot.config import RouteSettings, SlackSettings
from bot.secrets import load_secrets
from storage.words import Level
from tests.unit.alerts.making import alert

FITTING = [
    RouteSettings(to="#x", kinds=("signal",)),
    RouteSettings(to="#x", level=Level.MEDIUM),
    RouteSettings(to="#x", regulators=("ftc", "cma")),
    RouteSettings(to="#x", companies=("openai",)),
    RouteSettings(to="#x", rules=("cma-cloud-ai-tie",)),
    RouteSettings(to="#x", matters=("cma:microsoft+openai",)),
    RouteSettings(to="#x", feeds=("cma-cases",)),
    RouteSettings(to="#x"),
]
OTHERS = [
    RouteSettings(to="#x", kinds=("deal",)),
    RouteSettings(to="#x", level=Level.CRITICAL),
    RouteSettings(to="#x", regulators=("ftc",)),
    RouteSettings(to="#x", companies=("amazon",)),
    RouteSettings(to="#x", rules=("other",)),
    RouteSettings(to="#x", matters=("ec:microsoft+openai",)),
    RouteSettings(to="#x", feeds=("ec-press",)),
    RouteSettings(to="#x", regulators=("cma",), companies=("amazon",)),
]


@pytest.mark.parametrize("route", FITTING)
def test_a_route_that_fits_takes_the_alert(route: RouteSettings) -> None:
    assert destinations(alert(), "cma-cases", [route], "#all") == ("#x",)


@pytest.mark.parametrize("route", OTHERS)
def test_an_alert_that_no_route_fits_goes_to_the_default_channel(route: RouteSettings) -> None:
    assert destinations(alert(), "cma-cases", [route], "#all") == ("#all",)


def test_every_fitting_route_is_taken_once() -> None:
    routes = [RouteSettings(to="#a"), RouteSettings(to="#b"), RouteSettings(to="#a", kinds=("signal",))]
    assert destinations(alert(), "cma-cases", routes, "#all") == ("#a", "#b")


def test_a_stop_ends_the_search_only_where_it_fits() -> None:
    routes = [
        RouteSettings(to="#no", kinds=("deal",), stop=True),
        RouteSettings(to="#a", stop=True),
        RouteSettings(to="#b"),
    ]
    assert destinations(alert(), "cma-cases", routes, "#all") == ("#a",)


def test_a_hit_without_a_matter_never_fits_a_matters_route() -> None:
    route = RouteSettings(to="#x", matters=("cma:microsoft+openai",))
    assert destinations(alert(alone=True), "cma-cases", [route], "#all") == ("#all",)


KNOWN = {"regulator": ["cma"], "company": ["openai"], "rule": ["own"], "feed": ["cma-news"]}


def test_a_route_of_known_words_is_not_strange() -> None:
    route = RouteSettings(
        to="#x", regulators=("cma",), companies=("openai",), rules=("own",), feeds=("cma-news",)
    )
    assert strange_words([route], KNOWN) == ()


@pytest.mark.parametrize(
    ("route", "said"),
    [
        (RouteSettings(to="#x", regulators=("cmaa",)), 'no regulator cmaa; did you mean "cma"?'),
        (RouteSettings(to="#x", companies=("opneai",)), 'no company opneai; did you mean "openai"?'),
        (RouteSettings(to="#x", rules=("zebra",)), "no rule zebra"),
        (RouteSettings(to="#x", feeds=("cma-new",)), 'no feed cma-new; did you mean "cma-news"?'),
    ],
)
def test_a_word_that_nothing_has_is_named_with_its_route(route: RouteSettings, said: str) -> None:
    assert strange_words([RouteSettings(to="#a"), route], KNOWN) == (f"route 2, to #x: there is {said}",)


def test_routes_are_said_to_want_a_token_where_a_webhook_is_all_there_is() -> None:
    """A webhook posts to its own channel: routes would be ignored without a word."""
    secrets = load_secrets({"SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T0/B0/x"})
    (line,) = slips(SlackSettings(routes=(RouteSettings(to="#cma"),)), secrets)
    assert line.startswith("slack.routes wants SLACK_BOT_TOKEN")
