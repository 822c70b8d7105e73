"""How stages, amounts, dates and reasons are said in a message. Contains no I/O and no markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from bot.alerts.alert import Alert, AlertReason
from bot.matters.identity import name_of
from storage.records import Amount, Deadline, Matter, Showing
from storage.words import Kind, Level, Stage, Tier

LEVEL_SIGNS = {Level.CRITICAL: "🔴", Level.HIGH: "🟠", Level.MEDIUM: "🟡", Level.LOW: "⚪"}
LEVEL_WORDS = {
    Level.CRITICAL: "Critical",
    Level.HIGH: "High",
    Level.MEDIUM: "Medium",
    Level.LOW: "Low",
}
TIER_WORDS = {Tier.OFFICIAL: "official", Tier.PRESS: "press", Tier.BLOG: "commentary"}
STAGE_WORDS = {
    Stage.CONCERN: "concern",
    Stage.INQUIRY: "inquiry",
    Stage.INVESTIGATION: "investigation",
    Stage.DECISION: "decision",
    Stage.LITIGATION: "litigation",
}
_OPENED_WORDS = {
    Stage.CONCERN: "concern raised",
    Stage.INQUIRY: "inquiry opened",
    Stage.INVESTIGATION: "investigation opened",
    Stage.DECISION: "decision",
    Stage.LITIGATION: "litigation",
}
OUTCOME_WORDS = {
    "cleared": "cleared",
    "closed": "closed",
    "withdrawn": "withdrawn",
    "no-jurisdiction": "does not qualify for review",
}
REASON_WORDS = {
    AlertReason.OPENED: "first step of this matter",
    AlertReason.ADVANCED: "the stage went up",
    AlertReason.OFFICIAL_ACT: "the authority reports a new act",
    AlertReason.EDITED: "the authority edited its text",
    AlertReason.CONFIRMED: "an official source confirms what the press reported",
    AlertReason.CLOSED: "the matter ended",
    AlertReason.REOPENED: "the matter was taken up again",
    AlertReason.DEADLINE_MOVED: "a deadline was set or moved",
    AlertReason.CORROBORATED: "one more source",
    AlertReason.NEW_TERMS: "the deal has grown since the first report",
    AlertReason.STANDALONE: "matches a rule; names no tie and no case",
    AlertReason.REMINDER: "a deadline is near",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SHORT_NOTE = 90
_UPDATED_LATER = timedelta(hours=1)


def names(ids: Iterable[str], *, most: int, joint: str = ", ") -> str:
    """Return up to `most` names and how many more there are."""
    listed = list(ids)
    shown = joint.join(name_of(identifier) for identifier in listed[:most])
    return f"{shown} +{len(listed) - most}" if len(listed) > most else shown


def subject(alert: Alert) -> str:
    """Return whom it is about: `CMA · Microsoft/OpenAI`; the rule's title where nobody is named."""
    matter = alert.matter
    if matter is not None:
        return subject_of(matter)
    who = names(alert.facts.regulators, most=2)
    what = names(alert.facts.companies, most=3)
    return " · ".join(part for part in (who, what) if part) or alert.match.title


def subject_of(matter: Matter) -> str:
    """Return authority and parties of a matter, or its title where it has no tie."""
    if not matter.tie:
        return matter.title
    tie = "/".join(name_of(company) for company in matter.tie)
    return f"{name_of(matter.authority)} · {tie}" if matter.authority else tie


def step_words(alert: Alert) -> str:
    """Return what happened, in a few words; the rule's title where an article says neither stage nor deal."""
    if own := _own_note(alert):
        return own
    matter = alert.matter
    stage = (alert.step.stage if alert.step else None) or (matter.stage if matter else alert.facts.stage)
    word = STAGE_WORDS[stage] if stage else "deal"
    hedge = " (reported as possible)" if alert.facts.hedged else ""
    match alert.reason:
        case AlertReason.ADVANCED:
            return (f"{alert.before} → {word}" if alert.before else f"now {word}") + hedge
        case AlertReason.OFFICIAL_ACT if alert.before and stage and Stage(alert.before).rank > stage.rank:
            return f"new act ({word}; the press had said {alert.before})"
        case AlertReason.OFFICIAL_ACT:
            return f"new act ({word})"
        case AlertReason.EDITED:
            return f"text updated ({word})"
        case AlertReason.CONFIRMED:
            return f"{word} confirmed"
        case AlertReason.CLOSED:
            return OUTCOME_WORDS.get(matter.outcome if matter else alert.facts.outcome, "closed")
        case AlertReason.REOPENED:
            return f"reopened ({word})"
        case AlertReason.DEADLINE_MOVED:
            return _moved(alert)
        case AlertReason.NEW_TERMS:
            return "new terms reported"
        case AlertReason.REMINDER:
            return "deadline near"
        case AlertReason.STANDALONE if stage is None and alert.match.kind is not Kind.DEAL:
            return alert.match.title
        case _:
            return (_OPENED_WORDS[stage] if stage else "deal reported") + hedge


def state_words(matter: Matter) -> str:
    """Return where a matter stands: its stage, or how it ended."""
    stage = STAGE_WORDS[matter.stage] if matter.stage else "deal reported, no authority yet"
    return f"{stage}: {OUTCOME_WORDS.get(matter.outcome, matter.outcome)}" if matter.outcome else stage


def trust_words(alert: Alert, showing: Showing) -> str:
    """Return who vouches for the step: unconfirmed, or confirmed by whom and how far behind the press."""
    matter = alert.matter
    if matter is None or not matter.authority:
        return TIER_WORDS[alert.tier].capitalize() + " source" if alert.tier is not Tier.OFFICIAL else ""
    if not matter.confirmed:
        return f"Unconfirmed: not yet in {name_of(matter.authority)}'s own feeds"
    lead = f", {showing.lead} after the press" if showing.lead else ""
    return f"Confirmed by {name_of(matter.authority)}{lead}"


def related_words(alert: Alert) -> str:
    """Return the tie's other matters with their stage, and whom the article names beside it."""
    matter = alert.matter
    running: dict[str, str] = {}
    named: dict[str, None] = {}
    for one in (*alert.linked, *alert.others):
        if one.stage or not one.authority:
            running[one.key] = (
                f"{subject_of(one)} ({one.outcome or (STAGE_WORDS[one.stage] if one.stage else 'deal')})"
            )
        elif matter is not None and one.tie == matter.tie:
            named[name_of(one.authority)] = None
        else:
            named["/".join(name_of(company) for company in one.tie)] = None
    parts = []
    if running:
        parts.append("Related: " + "; ".join(list(running.values())[:4]))
    if named:
        parts.append("Also named: " + ", ".join(list(named)[:4]))
    return " · ".join(parts)


def dated_words(showing: Showing) -> str:
    """Return when the source says that it was published or, where it says only that, updated."""
    published, updated = showing.published_at, showing.updated_at
    if published is None:
        return f"updated {moment(updated)}" if updated else "no date in feed"
    later = updated is not None and updated - published >= _UPDATED_LATER
    return f"published {moment(published)}" + (f", updated {moment(updated)}" if later and updated else "")


def amounts_words(amounts: Sequence[Amount], more: int) -> str:
    """Return the sums, biggest first, and how many more there are."""
    shown = ", ".join(amount_words(amount) for amount in amounts)
    return f"{shown} and {more} more" if shown and more else shown


def amount_words(amount: Amount) -> str:
    """Return `up to USD 13bn (investment)`."""
    kind = f" ({amount.kind})" if amount.kind not in ("", "other") else ""
    return f"{'up to ' if amount.upto else ''}{amount.currency} {_short(amount.value)}{kind}"


def deadline_words(deadline: Deadline) -> str:
    """Return `12 Mar 2026 (comments)`."""
    return f"{day(deadline.on)} ({deadline.what})" if deadline.what else day(deadline.on)


def day(on: date) -> str:
    """Return a short date that nobody can read two ways."""
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def moment(at: datetime) -> str:
    """Return `2 Mar 2026 09:05 UTC`."""
    utc = at.astimezone(UTC)
    return f"{day(utc.date())} {utc:%H:%M} UTC"


def _own_note(alert: Alert) -> str:
    """Return the authority's own words for the step, where they are short: "Phase 1 decision announced"."""
    note = alert.step.note.strip() if alert.step and alert.tier is Tier.OFFICIAL else ""
    return note.rstrip(".") if len(note) <= _SHORT_NOTE and note != alert.match.sentence else ""


def _moved(alert: Alert) -> str:
    deadline = alert.matter.deadline if alert.matter else None
    now = day(deadline.on) if deadline else "no date"
    return f"deadline moved: {_said(alert.before)} → {now}" if alert.before else f"deadline set: {now}"


def _said(before: str) -> str:
    """Return an ISO date as people write it, anything else as it is."""
    try:
        return day(date.fromisoformat(before))
    except ValueError:
        return before


def _short(value: int) -> str:
    for size, suffix in ((10**12, "tn"), (10**9, "bn"), (10**6, "m")):
        if abs(value) >= size:
            number = Decimal(value) / size
            number = number.quantize(Decimal("0.01") if abs(number) < 10 else Decimal("0.1")).normalize()
            return f"{number:,f}{suffix}"
    return f"{value:,}"
