"""What comes by the calendar: reminders of deadlines, retention. Repeating any of it tells nothing twice."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from bot.alerts.alert import AlertReason
from bot.alerts.message import plain_message
from bot.alerts.quiet import quiet_until
from bot.app import App
from bot.matters.agenda import Reminder, agenda_of, due_reminders
from storage.hit_filter import HitFilter
from storage.maintenance import prune
from storage.reader import Reader, open_reader
from storage.records import Hit, NewDelivery
from storage.words import DeliveryAction, Level

LOG = logging.getLogger("regwatch.standing")

REMINDED = "reminded"
PRUNED = "pruned"
_PAGE = 1000
_LOOK_BACK = timedelta(days=180)  # statutory periods are shorter


def remind(app: App, now: datetime) -> int:
    """Put reminders of near deadlines into their matters' threads, once for each day set; return how many."""
    noted = app.store.notes().get(REMINDED)
    if noted is not None and timedelta(0) <= now - noted[1] < timedelta(hours=1):
        return 0
    with open_reader(app.store.path) as reader:
        matters = [m for m in reader.matters() if m.told and m.authority]
        steps = {m.key: reader.steps(m.key) for m in matters}
        # An empty filter would mean every matter.
        hits = _hits(reader, HitFilter(since=now - _LOOK_BACK, matters=tuple(steps))) if steps else ()
        due = due_reminders(agenda_of(hits, matters, steps), now, frozenset())
    with app.store.writing() as tx:
        fresh = [
            _reminder(reminder, destination, until=quiet_until(now, app.settings.quiet_hours))
            for reminder in due
            if reminder.due.matter
            for destination in sorted(_threads(app, tx.parents(reminder.due.matter)))
        ]
        count = tx.enqueue(fresh, at=now)
        tx.note(REMINDED, str(count), now)
    return count


def _threads(app: App, parents: frozenset[str]) -> frozenset[str]:
    """Return where a matter is reminded of: its threads, or, where none is in a channel still in use, the channel."""
    if not parents:
        return parents
    return parents & app.plan_settings.named or frozenset({app.plan_settings.channel})


def _reminder(reminder: Reminder, destination: str, *, until: datetime | None) -> NewDelivery:
    due = reminder.due
    when = "today" if reminder.days_left == 0 else f"in {reminder.days_left} days"
    basis = f" (estimated: {due.source})" if due.estimated else ""
    return NewDelivery(
        key=f"reminder:{reminder.key}:{destination}",
        destination=destination,
        # A date that a clock computed stays in the thread; one that was stated is worth the channel's attention.
        action=DeliveryAction.QUIET_REPLY if due.estimated else DeliveryAction.REPLY,
        message=plain_message(f"⏰ {due.what} due {when}, {due.on:%-d %B %Y}{basis} · {due.title}"),
        reason=AlertReason.REMINDER.value,
        level=Level.LOW,
        matter=due.matter,
        not_before=until,
    )


def keep_house(app: App, now: datetime) -> None:
    """Drop what retention no longer keeps, once a day."""
    noted = app.store.notes().get(PRUNED)
    if noted is not None and timedelta(0) <= now - noted[1] < timedelta(hours=24):
        return
    keep = app.settings.retention
    gone = prune(
        app.store, bodies_before=now - keep.bodies, evidence_before=now - keep.evidence, dry_run=False
    )
    with app.store.writing() as tx:
        tx.note(PRUNED, f"{gone.texts} texts, {gone.fetches} fetches", now)
    if gone.texts or gone.fetches:
        LOG.info("retention: %d texts and %d fetches dropped", gone.texts, gone.fetches)


def _hits(reader: Reader, wanted: HitFilter) -> Iterable[Hit]:
    def pages() -> Iterator[Hit]:
        offset = 0
        while page := reader.hits(wanted._replace(limit=_PAGE, offset=offset)).hits:
            yield from page
            offset += len(page)

    return tuple(pages())
