"""What comes by the calendar: the brief, reminders of deadlines, retention. Repeating any of it tells nothing twice."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from bot.alerts.alert import AlertReason
from bot.alerts.digest import brief_messages, brief_of
from bot.alerts.message import plain_message
from bot.alerts.quiet import previous_at, quiet_until
from bot.app import App
from bot.config import WEEKDAYS
from bot.matters.agenda import Reminder, agenda_of, due_reminders
from storage.hit_filter import HitFilter
from storage.maintenance import prune
from storage.reader import Reader, open_reader
from storage.records import DeliveryAction, Hit, Level, NewDelivery

LOG = logging.getLogger("regwatch.standing")

DIGEST = "digest"  # note: the moment for which the last brief was made
REMINDED = "reminded"
PRUNED = "pruned"
_PAGE = 1000
_LATE = timedelta(hours=12)  # a brief that could not be made in time is not made days later
_LOOK_BACK = timedelta(days=180)  # statutory periods are shorter


def post_brief(app: App, now: datetime) -> bool:
    """Put the brief into the outbox when its time has come; tell whether one was."""
    wanted = app.settings.digest
    if wanted is None:
        return False
    weekday = WEEKDAYS.index(wanted.day) if wanted.day else None
    moment = previous_at(now, wanted.at, wanted.zone, weekday)
    noted = app.store.notes().get(DIGEST)
    last = datetime.fromisoformat(noted[0]) if noted else None
    if last is not None and last >= moment:
        return False
    deliveries: list[NewDelivery] = []
    # The first start only marks where the count begins.
    if last is not None and now - moment <= _LATE:
        since = previous_at(moment, wanted.at, wanted.zone, weekday)
        with open_reader(app.store.path) as reader:
            matters = reader.matters()
            steps = [step for matter in matters for step in reader.steps(matter.key)]
            brief = brief_of(
                hits=_hits(reader, HitFilter(since=since, until=moment)),
                matters=matters,
                steps=[stored.step for stored in steps],
                since=since,
                now=moment,
                zone=wanted.zone,
            )
        channel = wanted.channel or app.plan_settings.channel
        deliveries = [
            NewDelivery(
                key=f"digest:{moment.isoformat()}:{number}:{channel}",
                destination=channel,
                action=DeliveryAction.POST,
                message=message,
                reason=AlertReason.DIGEST.value,
                level=Level.LOW,
            )
            for number, message in enumerate(brief_messages(brief))
        ]
    with app.store.writing() as tx:
        tx.enqueue(deliveries, at=now)
        tx.note(DIGEST, moment.isoformat(), now)
    return bool(deliveries)


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
            for destination in sorted(tx.parents(reminder.due.matter))
        ]
        count = tx.enqueue(fresh, at=now)
        tx.note(REMINDED, str(count), now)
    return count


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
