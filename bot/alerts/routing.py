"""Which channels an alert goes to. Contains no I/O."""

from __future__ import annotations

from collections.abc import Sequence

from bot.alerts.alert import Alert
from bot.config import RouteSettings


def destinations(alert: Alert, feed: str, routes: Sequence[RouteSettings], default: str) -> tuple[str, ...]:
    """Return every channel whose route fits, in the order of the routes; `default` where none fits.

    All routes that fit are taken, so that one team's route never takes an alert from another's; a route with
    `stop` is the last one looked at when it fits.
    """
    found: dict[str, None] = {}
    for route in routes:
        if fits(route, alert, feed):
            found[route.to] = None
            if route.stop:
                break
    return tuple(found) or (default,)


def fits(route: RouteSettings, alert: Alert, feed: str) -> bool:
    """Return whether every word of the route fits the alert; a word left out fits all."""
    matter = alert.matter
    regulators = {*alert.facts.regulators, *([matter.authority] if matter and matter.authority else [])}
    companies = {*alert.facts.companies, *(matter.tie if matter else ())}
    return (
        (not route.kinds or alert.match.kind.value in route.kinds)
        and (route.level is None or alert.level.rank >= route.level.rank)
        and (not route.regulators or not regulators.isdisjoint(route.regulators))
        and (not route.companies or not companies.isdisjoint(route.companies))
        and (not route.rules or alert.match.rule in route.rules)
        and (not route.matters or (matter is not None and matter.key in route.matters))
        and (not route.feeds or feed in route.feeds)
    )
