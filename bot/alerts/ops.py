"""Words to the people who run the bot, for the ops channel. Pure."""

from __future__ import annotations

from datetime import datetime

from bot.alerts import message as render
from bot.alerts.alert import AlertReason
from storage.records import Delivery, NewDelivery
from storage.words import DeliveryAction, DeliveryState, Level


def ops_delivery(key: str, text: str, channel: str, now: datetime, *, daily: bool = False) -> NewDelivery:
    """Return a word to the ops channel; the same key is told once a minute, or once a day."""
    when = f"{now:%Y-%m-%d}" if daily else f"{now:%Y-%m-%dT%H:%M}"
    return NewDelivery(
        key=f"ops:{key}:{when}",
        destination=channel,
        action=DeliveryAction.POST,
        message=render.ops_message(text),
        reason=AlertReason.OPS.value,
        level=Level.LOW,
    )


def unrecorded(new: NewDelivery, now: datetime) -> Delivery:
    """Return a delivery that stands in no outbox: a test, or a word that the database cannot take."""
    return Delivery(
        id=0,
        key=new.key,
        destination=new.destination,
        action=new.action,
        message=new.message,
        reason=new.reason,
        level=new.level,
        state=DeliveryState.SENDING,
        attempts=1,
        created_at=now,
        attempted_at=now,
    )
