"""Silences: what they hide, what pierces them, and what is said when they end. Contains no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.alerts.alert import Alert
from bot.alerts.policy import is_step
from bot.durations import short
from storage.records import Silence

LONGEST = timedelta(days=30)


def silenced_by(alert: Alert, feed: str, silences: Iterable[Silence], now: datetime) -> Silence | None:
    """Return the silence that hides the alert: of several the oldest; None where it is told.

    Official steps and stage advances pierce a silence unless it covers everything.
    """
    fitting = [s for s in silences if covers(s, alert, feed, now) and (s.everything or not is_step(alert))]
    return min(fitting, key=lambda s: s.id, default=None)


def covers(silence: Silence, alert: Alert, feed: str, now: datetime) -> bool:
    """Return whether every word of a running silence fits the alert."""
    if not silence.created_at <= now < silence.until:
        return False
    matter = alert.matter
    regulators = {*alert.facts.regulators, *([matter.authority] if matter and matter.authority else [])}
    companies = {*alert.facts.companies, *(matter.tie if matter else ())}
    return (
        (silence.matter is None or (matter is not None and matter.key == silence.matter))
        and (silence.rule is None or alert.match.rule == silence.rule)
        and (silence.company is None or silence.company in companies)
        and (silence.regulator is None or silence.regulator in regulators)
        and (silence.feed is None or feed == silence.feed)
    )


def problems(silence: Silence) -> tuple[str, ...]:
    """Return what keeps a silence from being accepted, in words for its author."""
    found = []
    if not silence.author.strip():
        found.append("a silence needs an author")
    if not silence.reason.strip():
        found.append("a silence needs a reason")
    if silence.until <= silence.created_at:
        found.append("a silence must end after it begins")
    if silence.until - silence.created_at > LONGEST:
        found.append(f"a silence lasts {LONGEST.days} days at most; renew it when it ends")
    words = (silence.matter, silence.rule, silence.company, silence.regulator, silence.feed)
    if not any(words) and not silence.everything:
        found.append("say what to silence: a matter, rule, company, regulator or feed")
    return tuple(found)


def ended(silences: Iterable[Silence], now: datetime) -> tuple[Silence, ...]:
    """Return the silences that are over and of which nobody was told yet, oldest end first."""
    over = [s for s in silences if s.until <= now and not s.told_end]
    return tuple(sorted(over, key=lambda s: (s.until, s.id)))


def subject(silence: Silence) -> str:
    """Return what it covers, in words."""
    named = [
        f"{what} {value}"
        for what, value in (
            ("matter", silence.matter),
            ("rule", silence.rule),
            ("company", silence.company),
            ("regulator", silence.regulator),
            ("feed", silence.feed),
        )
        if value
    ]
    return ", ".join(named) or "everything"


def end_text(silence: Silence, titles: Sequence[str] = ()) -> str:
    """Return the message at a silence's end: who, why, how long, and what it hid; plain text, not escaped."""
    hid = "1 alert" if silence.hidden == 1 else f"{silence.hidden} alerts"
    lines = [
        f"The silence on {subject(silence)} has ended after {short(silence.until - silence.created_at)}.",
        f"{silence.author} set it: {silence.reason}",
        f"It hid {hid}." if silence.hidden else "It hid nothing.",
    ]
    lines += [f"• {title}" for title in titles[:20]]
    if len(titles) > 20:
        lines.append(f"… and {len(titles) - 20} more: regwatch silence report")
    return "\n".join(lines)
