"""From tellings to the outbox: destinations, thread or channel, burst cap, quiet hours, unique keys.

Contains no I/O; how a message looks is the renderer's affair.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.alerts.alert import Alert, AlertReason
from bot.alerts.policy import is_official_step
from bot.alerts.roll_up import cut
from bot.alerts.telling import Telling
from bot.matters.evidence import article_key, digest_of
from bot.matters.verdict import Verdict
from storage.records import Message, NewDelivery
from storage.words import DeliveryAction, Level


class Render(Protocol):
    """Puts alerts into words; the module `bot.alerts.message` is one."""

    def alert_message(self, alert: Alert, /) -> Message:
        """Return a message of its own, or a reply in a thread."""
        ...

    def parent_message(self, alert: Alert, /) -> Message:
        """Return a matter's parent as it now stands."""
        ...

    def roll_up_messages(self, alerts: Sequence[Alert], /) -> tuple[Message, ...]:
        """Return messages that list every alert with its link."""
        ...

    def baseline_message(self, *, feed: str, articles: int, hits: int) -> Message:
        """Return the one line that sums up a feed's first poll."""
        ...


@dataclass(slots=True, kw_only=True)
class Placing:
    """Where the alerts of one poll go; `parents` are the threads in channels that are still in use, `until` is the end of quiet hours, None where it is not quiet.

    `hold` is when roll-ups that come while a channel is already at its cap may go out, so that those of other feeds
    can join them (`bot.alerts.joining`); None: at once.
    """

    render: Render
    route: Callable[[Alert], tuple[str, ...]]
    parents: Callable[[str], frozenset[str]]
    posted: Callable[[str], int]
    cap: int
    until: datetime | None
    hold: datetime | None = None
    deliveries: list[NewDelivery] = field(default_factory=list)
    verdicts: dict[str, set[Verdict]] = field(default_factory=dict)  # by mark

    def place(self, tellings: Sequence[Telling]) -> None:
        """Make the deliveries of a poll."""
        told = [t for t in tellings if not t.edit]
        edits = {
            t.alert.matter.key: t for t in tellings if t.edit and t.alert.matter
        }  # the last state counts
        routed = [(t, self._destinations(t)) for t in told]
        names = dict.fromkeys(d for _, ds in routed for d in ds)
        for key in edits:
            names.update(dict.fromkeys(sorted(self.parents(key))))
        for name in names:
            self._one(name, [t for t, ds in routed if name in ds], edits)

    def verdict(self, mark: str) -> Verdict | None:
        """Return the best that became of an alert over all its destinations."""
        ways = self.verdicts.get(mark, set())
        order = (Verdict.TOLD, Verdict.HELD, Verdict.ROLLED_UP, Verdict.KNOWN)
        return next((v for v in order if v in ways), None)

    def _destinations(self, telling: Telling) -> tuple[str, ...]:
        """Return the channels; an aside goes where the thread is, or begins one where the old channel was given up."""
        threads = self.parents(telling.alert.matter.key) if telling.aside and telling.alert.matter else ()
        return tuple(sorted(threads)) or self.route(telling.alert)

    def _one(self, name: str, told: Sequence[Telling], edits: Mapping[str, Telling]) -> None:
        """Make the deliveries of one destination, in the order of events."""
        loud = [t for t in told if not t.aside]
        chosen = cut([t.alert for t in loud], posted=self.posted(name) if loud else 0, cap=self.cap)
        rolled = {loud[i].mark for i in chosen.rolled}
        threads: dict[str, bool] = {}
        shown: dict[str, str] = {}  # matter -> mark of what its parent shows
        for telling in told:
            if telling.mark not in rolled:
                self._single(name, telling, threads, shown)
        self._rolled(name, [loud[i] for i in chosen.rolled])
        for key, telling in edits.items():
            if self._has_parent(name, key, threads) and shown.get(key) != telling.mark:
                message = self.render.parent_message(telling.alert)
                self._add(name, telling, DeliveryAction.UPDATE, message, prefix="update")

    def _has_parent(self, name: str, key: str, threads: dict[str, bool]) -> bool:
        if key not in threads:
            threads[key] = name in self.parents(key)
        return threads[key]

    def _single(self, name: str, telling: Telling, threads: dict[str, bool], shown: dict[str, str]) -> None:
        alert, matter = telling.alert, telling.alert.matter
        if matter is None:
            self._add(name, telling, DeliveryAction.POST, self.render.alert_message(alert))
        elif self._has_parent(name, matter.key, threads):
            action = DeliveryAction.QUIET_REPLY if telling.aside else DeliveryAction.REPLY
            self._add(name, telling, action, self.render.alert_message(alert))
        else:
            threads[matter.key] = True
            shown[matter.key] = telling.mark
            self._add(name, telling, DeliveryAction.POST, self.render.parent_message(alert))
        self._note(telling.mark, self._held(alert.level))

    def _rolled(self, name: str, told: Sequence[Telling]) -> None:
        if not told:
            return
        mark = digest_of(*sorted(t.mark for t in told))
        level = max((t.alert.level for t in told), key=lambda one: one.rank)
        reason = AlertReason.ROLL_UP.value
        not_before = self._not_before(level)
        if self.hold is not None and self.posted(name) >= self.cap and not any(_grave(t.alert) for t in told):
            not_before = max(self.hold, not_before or self.hold)
        for number, message in enumerate(self.render.roll_up_messages([t.alert for t in told])):
            self.deliveries.append(
                NewDelivery(
                    key=f"{reason}:{mark}:{number}:{name}",
                    destination=name,
                    action=DeliveryAction.POST,
                    message=message,
                    reason=reason,
                    level=level,
                    not_before=not_before,
                    article_keys=tuple(article_key(t.alert.article) for t in told) if number == 0 else (),
                )
            )
        for telling in told:
            self._note(telling.mark, Verdict.ROLLED_UP)

    def _add(
        self, name: str, telling: Telling, action: DeliveryAction, message: Message, *, prefix: str = ""
    ) -> None:
        alert, matter = telling.alert, telling.alert.matter
        about = matter.key if matter else "article"
        reason = "edit" if telling.aside else alert.reason.value
        self.deliveries.append(
            NewDelivery(
                key=f"{prefix or reason}:{about}:{telling.mark}:{name}",
                destination=name,
                action=action,
                message=message,
                reason=alert.reason.value,
                level=alert.level,
                matter=matter.key if matter else None,
                not_before=self._not_before(alert.level),
                article_keys=(article_key(alert.article),),
            )
        )

    def _not_before(self, level: Level) -> datetime | None:
        return None if level is Level.CRITICAL else self.until

    def _held(self, level: Level) -> Verdict:
        return Verdict.TOLD if self._not_before(level) is None else Verdict.HELD

    def _note(self, mark: str, verdict: Verdict) -> None:
        self.verdicts.setdefault(mark, set()).add(verdict)


def _grave(alert: Alert) -> bool:
    return alert.level is Level.CRITICAL or is_official_step(alert)
