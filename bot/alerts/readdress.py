"""Where a delivery of the past would go by the settings as they are now. Contains no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.alerts.alert import AlertReason
from bot.alerts.routing import Subject, channels_of
from bot.alerts.ways import TERMINAL, WEBHOOK
from bot.config import RouteSettings
from storage.records import Delivery, Hit, Matter
from storage.words import Kind

_KINDS = (Kind.SIGNAL, Kind.OTHER, Kind.DEAL)  # strongest first
_OURS = {AlertReason.OPS.value, AlertReason.BASELINE.value, AlertReason.DIGEST.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """The channels that the settings name. `home` is where alerts go that no route takes; empty: nobody knows."""

    home: str
    ops: str = ""
    digest: str = ""
    routes: tuple[RouteSettings, ...] = ()

    @property
    def named(self) -> frozenset[str]:
        """Return every channel that something may go to."""
        return frozenset({self.home, self.ops, self.digest, *(route.to for route in self.routes)} - {""})


def destinations_now(
    delivery: Delivery, hits: Sequence[Hit], matter: Matter | None, addresses: Addresses
) -> tuple[str, ...]:
    """Return where a delivery would go now; nothing where it stays where it is.

    `hits` are those that it tells of, with its matter. What the settings leave open stays: a destination that fits for
    any of the hits, and one that is still named, where a message tells of none or of several articles.
    """
    found = _wanted(delivery, hits, matter, addresses)
    return () if delivery.destination in found else found


def _wanted(
    delivery: Delivery, hits: Sequence[Hit], matter: Matter | None, addresses: Addresses
) -> tuple[str, ...]:
    stays = (delivery.destination,)
    if not addresses.home or TERMINAL in (addresses.home, delivery.destination):
        return stays
    if delivery.reason in _OURS:
        if delivery.reason == AlertReason.DIGEST.value:
            return (addresses.digest or addresses.home,)
        return (addresses.ops or addresses.home,)
    one_article = len({hit.article_id for hit in hits}) == 1
    if not one_article and delivery.destination in addresses.named:
        return stays
    ways = [
        channels_of(_subject(delivery, hit, matter), addresses.routes, addresses.home)
        for hit in sorted(hits, key=_strength)
    ]
    if any(delivery.destination in way for way in ways):
        return stays
    return ways[0] if ways else (addresses.home,)


def _strength(hit: Hit) -> tuple[int, int]:
    return _KINDS.index(hit.kind), -hit.level.rank


def _subject(delivery: Delivery, hit: Hit, matter: Matter | None) -> Subject:
    authority = {matter.authority} if matter is not None and matter.authority else set()
    return Subject(
        kind=hit.kind,
        level=delivery.level,
        regulators=frozenset(hit.facts.regulators) | authority,
        companies=frozenset(hit.facts.companies).union(matter.tie if matter is not None else ()),
        rule=hit.rule,
        matter=delivery.matter,
        feed=hit.feed,
    )


def home_now(channel: str, was: str, *, token: bool, webhook: bool) -> str:
    """Return where alerts go now, as far as somebody can tell who may lack the bot's secrets; empty: unknown."""
    if channel and (token or was not in (WEBHOOK, TERMINAL)):
        return channel
    return WEBHOOK if webhook and not channel else ""
