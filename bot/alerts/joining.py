"""Roll-ups that wait for the same channel, joined into as few messages as hold them. Contains no I/O.

Many feeds that each bring a little more than the cap would otherwise fill a channel with one roll-up each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.alerts.alert import AlertReason
from bot.alerts.blocks import texts_of
from bot.alerts.lines import ListLine, list_messages
from bot.alerts.wording import LEVEL_SIGNS
from bot.matters.evidence import digest_of
from storage.records import Delivery, NewDelivery
from storage.words import DeliveryAction, DeliveryState

_SIGNS = "".join(LEVEL_SIGNS.values())  # loudest first


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedRollUps:
    """What to write in one transaction: `gone` become skipped, `new` pending.

    `heirs` names for every delivery of `gone` the key of the first new one, so that what hung on it hangs on that.
    """

    new: tuple[NewDelivery, ...] = ()
    gone: tuple[int, ...] = ()
    heirs: tuple[tuple[int, str], ...] = ()


def merge_roll_ups(pending: Iterable[Delivery], *, at_once: bool = False) -> JoinedRollUps:
    """Return how to join the roll-ups that wait, each destination by itself.

    Only roll-ups that nobody tried to send are joined, and only where two or more wait for a destination; a list of
    which the first message has gone out keeps its numbers, or "500 (1/20)" would be followed by "398 (1/16)". A joined
    one goes out when the first of its parts would have: at once where `at_once`, or where a part has no time set.
    Keys are made of the parts' keys, so that joining twice from the same state gives the same deliveries.
    """
    waiting: dict[str, list[Delivery]] = {}
    found_here = sorted(pending, key=lambda d: d.id)
    whole = {_list_of(one) for one in found_here if _list_of(one) == one.key}
    for one in found_here:
        if _joinable(one) and _list_of(one) in whole:
            waiting.setdefault(one.destination, []).append(one)
    found = [_joined(parts, at_once=at_once) for parts in waiting.values() if len(parts) > 1]
    return JoinedRollUps(
        new=tuple(new for one in found for new in one.new),
        gone=tuple(number for one in found for number in one.gone),
        heirs=tuple(pair for one in found for pair in one.heirs),
    )


def _joinable(one: Delivery) -> bool:
    return (
        one.reason == AlertReason.ROLL_UP.value
        and one.state is DeliveryState.PENDING
        and one.action is DeliveryAction.POST
        and one.attempts == 0
    )


def _list_of(one: Delivery) -> str:
    """Return the key of the first message of a delivery's list: `roll-up:MARK:NUMBER:DESTINATION`."""
    reason, mark, _, destination = one.key.split(":", 3)
    return f"{reason}:{mark}:0:{destination}"


def _joined(parts: Sequence[Delivery], *, at_once: bool) -> JoinedRollUps:
    lines = sorted(dict.fromkeys(line for part in parts for line in lines_of(part)), key=_loudness)
    mark = digest_of(*(part.key for part in parts))
    name = parts[0].destination
    new = tuple(
        NewDelivery(
            key=f"{AlertReason.ROLL_UP.value}:{mark}:{number}:{name}",
            destination=name,
            action=DeliveryAction.POST,
            message=message,
            reason=AlertReason.ROLL_UP.value,
            level=max((part.level for part in parts), key=lambda level: level.rank),
            not_before=None if at_once else _first(parts),
        )
        for number, message in enumerate(list_messages(lines))
    )
    if len(new) >= len(parts):  # full messages: nothing is won
        return JoinedRollUps()
    gone = tuple(part.id for part in parts)
    return JoinedRollUps(new=new, gone=gone, heirs=tuple((number, new[0].key) for number in gone))


def _first(parts: Sequence[Delivery]) -> datetime | None:
    times = [part.not_before for part in parts if part.not_before is not None]
    return min(times) if len(times) == len(parts) else None


def _loudness(line: ListLine) -> int:
    return _SIGNS.find(line.text[:1]) if line.text else len(_SIGNS)


def lines_of(delivery: Delivery) -> tuple[ListLine, ...]:
    """Return the lines of a roll-up, as mrkdwn and as text; what stands above them is made anew."""
    texts = delivery.message.text.split("\n")[1:]
    shown = [
        line for block in delivery.message.blocks for text in texts_of(block) for line in text.split("\n")
    ]
    markups = shown[1:]
    if len(markups) != len(texts):
        markups = texts
    return tuple(ListLine(markup, text) for markup, text in zip(markups, texts, strict=True))
