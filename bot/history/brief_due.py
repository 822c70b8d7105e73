"""When the scheduled brief is due, and writing it to the outbox: once a period, whatever happens in between."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.config import WEEKDAYS, DigestSettings
from bot.history.brief import brief_deliveries, gathered

if TYPE_CHECKING:
    from storage.writer import Store

NOTE = "digest"  # until when the last brief went, or when we began to count
_DAY = timedelta(days=1)


def last_moment(settings: DigestSettings, now: datetime) -> datetime:
    """Return the latest moment at or before `now` at which a brief is due: that time of day, in the zone, on its day.

    On the days on which clocks change it is the same time on the wall; one that the clocks skip is an hour later.
    """
    zone = ZoneInfo(settings.zone)
    day = now.astimezone(zone).date()
    for back in range(8):
        on = day - back * _DAY
        moment = datetime.combine(on, settings.at, tzinfo=zone)
        if moment <= now and settings.day in (None, WEEKDAYS[on.weekday()]):
            return moment
    return now - 7 * _DAY


def due_period(
    settings: DigestSettings, noted: datetime | None, now: datetime
) -> tuple[datetime, datetime] | None:
    """Return the period of a brief that is due, None where there is none; `noted` is where the last one ended.

    A bot that was away writes one brief of the whole time, but of four weeks at most.
    """
    moment = last_moment(settings, now)
    if noted is None or moment <= noted:
        return None
    return max(noted, moment - 28 * _DAY), moment


def write_due_brief(store: Store, settings: DigestSettings, home: str, now: datetime) -> int:
    """Write the brief to the outbox if it is due; return how many messages that were. Safe to call at any time.

    `home` is where it goes when `digest.channel` names nothing. The first call only notes when counting began.
    """
    from storage.reader import open_reader

    noted = store.notes().get(NOTE)
    if noted is None:
        with store.writing() as tx:
            tx.note(NOTE, "", now)
        return 0
    period = due_period(settings, noted[1], now)
    if period is None:
        return 0
    with open_reader(store.path) as reader:
        brief = gathered(reader, *period, settings.zone)
    # The note and the messages are one transaction: a crash in between repeats both or neither.
    with store.writing() as tx:
        written = tx.enqueue(brief_deliveries(brief, settings.channel or home), at=now)
        tx.note(NOTE, "", period[1])
    return written
