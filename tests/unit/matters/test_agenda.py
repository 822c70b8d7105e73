"""The agenda: the newest word holds, clocks fill the gaps, reminders are told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.matters.agenda import DueDate, agenda_of, due_reminders
from storage.records import Deadline, Facts, Hit, Matter, Step, StoredStep
from storage.words import Kind, Level, RuleStatus, Stage

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = "cma:microsoft+openai"


def hit(
    number: int, on: date, *, what: str = "comments", published: datetime = NOW, matter: str | None = KEY
) -> Hit:
    return Hit(
        id=number,
        article_id=number,
        revision=0,
        url=f"https://example.org/{number}",
        title=f"Article {number}",
        feed="f",
        rule="r",
        rule_digest="d",
        kind=Kind.SIGNAL,
        level=Level.HIGH,
        status=RuleStatus.LIVE,
        verdict="told",
        facts=Facts(deadlines=(Deadline(on=on, what=what),)),
        spans=(),
        sentence="",
        matter=matter,
        language="en",
        published_at=published,
        first_seen_at=published,
        matched_at=published,
    )


def matter(**changes: str) -> Matter:
    return Matter(
        key=KEY,
        title="CMA: Microsoft / OpenAI",
        authority="cma",
        opened_at=NOW,
        moved_at=NOW,
        outcome=changes.get("outcome", ""),
    )


def step(
    title: str,
    at: datetime,
    *,
    number: int = 1,
    stage: Stage = Stage.INVESTIGATION,
    reason: str = "opened",
    article: int | None = None,
) -> StoredStep:
    made = Step(matter=KEY, stage=stage, reason=reason, at=at, happened_at=at, confirmed=True, note="")
    return StoredStep(id=number, step=made, title=title, url="https://example.org/step", article_id=article)


def decided(title: str, at: datetime, *, reason: str = "advanced", number: int = 9) -> StoredStep:
    return step(title, at, number=number, stage=Stage.DECISION, reason=reason)


def due(on: date) -> DueDate:
    return DueDate(key="k", on=on, what="comments", title="T", matter=KEY, authority="cma", estimated=False)


def test_the_newest_article_says_the_day_and_the_older_day_is_remembered() -> None:
    """A deadline that moved shows where it was."""
    old = hit(1, date(2026, 4, 1), published=NOW - timedelta(days=2))
    new = hit(2, date(2026, 4, 15))
    (found,) = agenda_of([new, old], [matter()], {})
    assert (found.on, found.was, found.url) == (date(2026, 4, 15), date(2026, 4, 1), "https://example.org/2")


def test_a_step_starts_a_clock_with_its_law() -> None:
    """Nobody wrote the date down, the Enterprise Act did."""
    (found,) = agenda_of([], [matter()], {KEY: [step("CMA opens phase 1 inquiry", NOW)]})
    assert (found.what, found.estimated) == ("phase 1 decision", True)
    assert "Enterprise Act" in found.source


def test_a_stated_date_beats_a_clock() -> None:
    """What the authority says replaces what we computed."""
    stated = hit(1, date(2026, 4, 28), what="phase 1 decision")
    (found,) = agenda_of([stated], [matter()], {KEY: [step("CMA opens phase 1 inquiry", NOW)]})
    assert (found.on, found.estimated) == (date(2026, 4, 28), False)


@pytest.mark.parametrize("what", ["comments", "phase 1 decision", "decision", ""])
def test_what_was_due_in_a_proceeding_is_void_once_it_has_ended(what: str) -> None:
    """Nobody prepares for the decision of a matter that was cleared, though its page still names the day."""
    stated = hit(1, date(2026, 4, 28), what=what)
    assert agenda_of([stated], [matter(outcome="cleared")], {}) == ()


def test_an_appeal_is_due_after_the_end() -> None:
    """The end of a proceeding is when the time for an appeal begins."""
    (found,) = agenda_of([hit(1, date(2026, 4, 28), what="appeal")], [matter(outcome="cleared")], {})
    assert found.what == "appeal"


def test_phase_two_ends_the_clock_of_phase_one() -> None:
    """A later step's clocks replace those of an earlier one."""
    steps = [step("Phase 1 opened", NOW), step("Referred to phase 2", NOW + timedelta(days=50), number=2)]
    (found,) = agenda_of([], [matter()], {KEY: steps})
    assert found.what == "phase 2 decision"


def test_a_closed_matter_has_no_clock() -> None:
    """Nothing runs after the end."""
    assert agenda_of([], [matter(outcome="cleared")], {KEY: [step("Phase 1 opened", NOW)]}) == ()


@pytest.mark.parametrize(
    ("outcome", "whats"),
    [
        ("cleared", ["appeal"]),
        ("no-jurisdiction", ["appeal"]),
        ("withdrawn", []),
        ("closed", []),
    ],
    ids=str,
)
def test_a_clearance_starts_the_time_to_appeal_and_a_dropped_case_does_not(
    outcome: str, whats: list[str]
) -> None:
    """A rival may challenge a clearance; of a withdrawn merger there is nothing to challenge."""
    end = decided("The case ends", NOW, reason="closed")
    assert [due.what for due in agenda_of([], [matter(outcome=outcome)], {KEY: [end]})] == whats


def test_what_comes_after_a_decision_does_not_start_its_appeal_anew() -> None:
    """Its full text, a new date and an edit of its page are no second decision."""
    steps = [
        decided("Phase 1 decision announced", NOW, number=1),
        decided("Full text decision published", NOW + timedelta(days=30), reason="official-act", number=2),
        decided("Phase 1 decision: new date", NOW + timedelta(days=31), reason="deadline-moved", number=3),
        decided("Contact added", NOW + timedelta(days=32), reason="official-act", number=4),
    ]
    (found,) = agenda_of([], [matter()], {KEY: steps})
    assert (found.what, found.on) == ("appeal", date(2026, 3, 30))


def test_notice_in_the_official_journal_leaves_phase_one_running() -> None:
    """The ten days for comments run beside the authority's own time."""
    ours = replace(matter(), authority="ec")
    steps = [
        step("Commission begins phase 1", NOW),
        step("Prior notification of a concentration", NOW + timedelta(days=3), number=2),
    ]
    assert [d.what for d in agenda_of([], [ours], {KEY: steps})] == ["comments", "phase 1 decision"]


def test_the_authority_confirming_a_designation_keeps_the_time_to_comply() -> None:
    """The confirmation may name the decision in other words."""
    ours = replace(matter(), authority="ec")
    steps = [
        decided("EU names AWS a gatekeeper", NOW, number=1),
        decided("Daily news: decision on AWS", NOW + timedelta(days=1), reason="confirmed", number=2),
    ]
    assert [d.what for d in agenda_of([], [ours], {KEY: steps})] == ["appeal", "compliance"]


def test_an_article_without_a_matter_keeps_its_own_date() -> None:
    """A study with a comment window has no tie."""
    (found,) = agenda_of([hit(1, date(2026, 4, 1), matter=None)], [], {})
    assert (found.title, found.matter) == ("Article 1", None)


@pytest.mark.parametrize(
    ("left", "keys"),
    [(8, []), (7, ["T-7"]), (3, ["T-7"]), (2, ["T-2"]), (0, ["T-2"]), (-1, [])],
    ids=lambda v: str(v) if isinstance(v, int) else None,
)
def test_reminders_come_seven_and_two_days_ahead(left: int, keys: list[str]) -> None:
    """Not before, not after the day."""
    found = due_reminders([due(NOW.date() + timedelta(days=left))], NOW, set())
    assert [r.key.rsplit(":", 1)[1] for r in found] == keys


def test_a_reminder_is_told_once_and_anew_when_the_date_moves() -> None:
    """The key holds the day."""
    first = due_reminders([due(date(2026, 3, 8))], NOW, set())
    told = {r.key for r in first}
    assert due_reminders([due(date(2026, 3, 8))], NOW, told) == ()
    assert len(due_reminders([due(date(2026, 3, 9))], NOW, told)) == 1
