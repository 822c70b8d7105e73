"""Which channels an alert goes to. Contains no I/O."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.alerts.alert import Alert
from bot.config import RouteSettings
from bot.errors import did_you_mean
from storage.words import Kind, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What routes ask of an alert."""

    kind: Kind
    level: Level
    regulators: frozenset[str]
    companies: frozenset[str]
    rule: str
    matter: str | None
    feed: str


def subject_of(alert: Alert, feed: str) -> Subject:
    """Return what routes ask of an alert."""
    matter = alert.matter
    return Subject(
        kind=alert.match.kind,
        level=alert.level,
        regulators=frozenset(alert.facts.regulators)
        | ({matter.authority} if matter and matter.authority else set()),
        companies=frozenset(alert.facts.companies).union(matter.tie if matter else ()),
        rule=alert.match.rule,
        matter=matter.key if matter else None,
        feed=feed,
    )


def destinations(alert: Alert, feed: str, routes: Sequence[RouteSettings], default: str) -> tuple[str, ...]:
    """Return every channel whose route fits, in the order of the routes; `default` where none fits.

    All routes that fit are taken, so that one team's route never takes an alert from another's; a route with
    `stop` is the last one looked at when it fits.
    """
    return channels_of(subject_of(alert, feed), routes, default)


def channels_of(subject: Subject, routes: Sequence[RouteSettings], default: str) -> tuple[str, ...]:
    """Return the channels of a subject, as `destinations` does of an alert."""
    found: dict[str, None] = {}
    for route in routes:
        if fits(route, subject):
            found[route.to] = None
            if route.stop:
                break
    return tuple(found) or (default,)


def fits(route: RouteSettings, subject: Subject) -> bool:
    """Return whether every word of the route fits the subject; a word left out fits all."""
    return (
        (not route.kinds or subject.kind.value in route.kinds)
        and (route.level is None or subject.level.rank >= route.level.rank)
        and (not route.regulators or not subject.regulators.isdisjoint(route.regulators))
        and (not route.companies or not subject.companies.isdisjoint(route.companies))
        and (not route.rules or subject.rule in route.rules)
        and (not route.matters or (subject.matter is not None and subject.matter in route.matters))
        and (not route.feeds or subject.feed in route.feeds)
    )


def strange_words(routes: Sequence[RouteSettings], known: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """Return a line for each word of a route that nothing has: such a route never fits. `known`: what -> its ids."""
    return tuple(
        f"route {number}, to {route.to}: there is no {what} {word}; {did_you_mean(word, [*known[what]])}".rstrip(
            "; "
        )
        for number, route in enumerate(routes, 1)
        for what, words in (
            ("regulator", route.regulators),
            ("company", route.companies),
            ("rule", route.rules),
            ("feed", route.feeds),
        )
        for word in words
        if word not in known[what]
    )
