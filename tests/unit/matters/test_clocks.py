"""Statutory clocks give the dates that the law sets, marked as estimates with their source."""

from __future__ import annotations

from datetime import date

import pytest

from bot.matters.clocks import CLOCKS, ClockEvent, estimate_deadlines, event_of
from storage.words import Stage


@pytest.mark.parametrize(
    ("authority", "event", "on", "what", "due"),
    [
        # The CMA's own timetable of Amazon/Anthropic: phase 1 from 9 August 2024, decision due 4 October 2024.
        ("cma", ClockEvent.PHASE_1, date(2024, 8, 8), "phase 1 decision", date(2024, 10, 4)),
        ("ec", ClockEvent.PHASE_1, date(2024, 11, 15), "phase 1 decision", date(2024, 12, 20)),
        ("ec", ClockEvent.PRIOR_NOTICE, date(2026, 3, 2), "comments", date(2026, 3, 12)),
        ("ec", ClockEvent.DMA_INVESTIGATION, date(2025, 11, 18), "designation decision", date(2026, 11, 18)),
        ("cma", ClockEvent.SMS_INVESTIGATION, date(2026, 5, 13), "designation decision", date(2027, 2, 13)),
        # 30 days from 3 June end on Friday the 3rd of July, kept as Independence Day: Monday the 6th.
        ("ftc", ClockEvent.HSR_FILED, date(2026, 6, 3), "end of the HSR waiting period", date(2026, 7, 6)),
        ("ftc", ClockEvent.ORDER_6B, date(2024, 1, 25), "answers to the 6(b) orders", date(2024, 3, 10)),
        ("bundeskartellamt", ClockEvent.PHASE_2, date(2026, 1, 15), "phase 2 decision", date(2026, 6, 15)),
    ],
    ids=str,
)
def test_a_clock_ends_where_the_law_says(
    authority: str, event: ClockEvent, on: date, what: str, due: date
) -> None:
    """Working days by the authority's calendar, months by the date, US periods rolled to a working day."""
    found = {clock.what: clock for clock in estimate_deadlines(authority=authority, event=event, on=on)}
    assert found[what].on == due


def test_every_clock_names_its_law() -> None:
    """No date without a source, and none that claims to be certain."""
    assert all(clock.source for clock in CLOCKS)
    for clock in CLOCKS:
        for due in estimate_deadlines(authority=clock.authority, event=clock.event, on=date(2026, 3, 2)):
            assert due.estimated
            assert due.on > date(2026, 3, 2)
            assert due.latest is None or due.latest > due.on


def test_an_extension_is_given_beside_the_date() -> None:
    """25 working days, 35 with commitments."""
    (clock,) = estimate_deadlines(authority="ec", event=ClockEvent.PHASE_1, on=date(2026, 1, 12))
    assert (clock.on, clock.latest) == (date(2026, 2, 16), date(2026, 3, 2))


def test_a_designation_starts_the_time_to_comply_and_the_time_to_appeal() -> None:
    """Six months by Article 3(10) of the DMA, two months by Article 263 TFEU."""
    found = estimate_deadlines(authority="ec", event=ClockEvent.DMA_DESIGNATION, on=date(2026, 12, 1))
    assert [(clock.what, clock.on) for clock in found] == [
        ("appeal", date(2027, 2, 1)),
        ("compliance", date(2027, 6, 1)),
    ]


def test_dates_come_in_order() -> None:
    """Preliminary findings before the decision."""
    found = estimate_deadlines(authority="ec", event=ClockEvent.DMA_SPECIFICATION, on=date(2026, 1, 27))
    assert [clock.on for clock in found] == [date(2026, 4, 27), date(2026, 7, 27)]


def test_an_authority_without_a_clock_gives_none() -> None:
    """Nothing is invented."""
    assert estimate_deadlines(authority="cade", event=ClockEvent.PHASE_1, on=date(2026, 1, 27)) == ()


@pytest.mark.parametrize(
    ("authority", "stage", "text", "event"),
    [
        ("cma", Stage.INVESTIGATION, "CMA launches phase 1 inquiry", ClockEvent.PHASE_1),
        ("cma", Stage.INVESTIGATION, "Launch of merger inquiry", ClockEvent.PHASE_1),
        ("ec", Stage.INVESTIGATION, "Commission opens in-depth investigation", ClockEvent.PHASE_2),
        (
            "ec",
            Stage.INVESTIGATION,
            "three market investigations under the Digital Markets Act",
            ClockEvent.DMA_INVESTIGATION,
        ),
        (
            "cma",
            Stage.INVESTIGATION,
            "Strategic market status investigation opened",
            ClockEvent.SMS_INVESTIGATION,
        ),
        ("ftc", Stage.INQUIRY, "FTC issues 6(b) orders", ClockEvent.ORDER_6B),
        ("cma", Stage.DECISION, "Cleared", ClockEvent.DECISION),
        ("ec", Stage.DECISION, "Commission designates AWS as gatekeeper", ClockEvent.DMA_DESIGNATION),
        ("ec", Stage.DECISION, "EU names Azure and AWS gatekeepers", ClockEvent.DMA_DESIGNATION),
        ("ec", Stage.DECISION, "Brüssel stuft AWS als Torwächter ein", ClockEvent.DMA_DESIGNATION),
        ("ec", Stage.DECISION, "AWS désigné contrôleur d'accès", ClockEvent.DMA_DESIGNATION),
        ("ec", Stage.DECISION, "Microsoft, designated a gatekeeper, is fined", ClockEvent.DECISION),
        ("ec", Stage.DECISION, "Bing is not to be designated a gatekeeper", ClockEvent.DECISION),
        ("cma", Stage.DECISION, "EU designates AWS as gatekeeper", ClockEvent.DECISION),
        (
            "ec",
            Stage.INVESTIGATION,
            "DMA market investigation whether AWS is designated gatekeeper",
            ClockEvent.DMA_INVESTIGATION,
        ),
        ("ec", Stage.INVESTIGATION, "Mergers: Commission clears deal in phase 1", None),
        ("cma", Stage.CONCERN, "CMA speaks of phase 2", None),
        ("cma", Stage.INQUIRY, "Invitation to comment", None),
        ("doj", Stage.INQUIRY, "6(b) orders by the FTC", None),
    ],
    ids=str,
)
def test_a_step_starts_the_clock_that_its_text_names(
    authority: str, stage: Stage, text: str, event: ClockEvent | None
) -> None:
    """An invitation to comment starts none; a clearance ends one."""
    assert event_of(authority, stage, text) is event
