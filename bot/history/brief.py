"""Gathers the brief of a period from the stored past, and makes deliveries of it. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.alerts.alert import AlertReason
from bot.alerts.digest import Brief, brief_messages, brief_of
from bot.history.pages import all_hits
from storage.hit_filter import HitFilter
from storage.reader import Reader
from storage.records import NewDelivery
from storage.words import DeliveryAction, Level


def gathered(reader: Reader, since: datetime, until: datetime, zone: str = "UTC") -> Brief:
    """Return the brief of [since, until); days are those of the IANA zone."""
    matters = reader.matters()
    moved = [matter for matter in matters if matter.moved_at >= since]
    return brief_of(
        hits=all_hits(reader, HitFilter(since=since, until=until)),
        matters=matters,
        steps=[stored.step for matter in moved for stored in reader.steps(matter.key)],
        since=since,
        now=until,
        zone=zone,
    )


def brief_deliveries(brief: Brief, destination: str) -> Sequence[NewDelivery]:
    """Return the brief as messages to a destination; the same period is written to the outbox only once."""
    period = f"{brief.since:%Y-%m-%dT%H:%M}/{brief.until:%Y-%m-%dT%H:%M}"
    return [
        NewDelivery(
            key=f"digest:{period}:{destination}:{number}",
            destination=destination,
            action=DeliveryAction.POST,
            message=message,
            reason=AlertReason.DIGEST.value,
            level=Level.LOW,
        )
        for number, message in enumerate(brief_messages(brief), 1)
    ]
