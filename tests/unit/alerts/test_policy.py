"""How loudly an alert is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.alerts.alert import AlertReason
from bot.alerts.policy import is_official_step, is_step, level_of
from storage.words import Kind, Level, Stage, Tier
from tests.unit.alerts.making import alert, matter


@pytest.mark.parametrize("stage", [Stage.INVESTIGATION, Stage.DECISION, Stage.LITIGATION])
@pytest.mark.parametrize(
    "reason", [AlertReason.OPENED, AlertReason.ADVANCED, AlertReason.CONFIRMED, AlertReason.CLOSED]
)
def test_a_grave_official_step_is_told_one_level_up(stage: Stage, reason: AlertReason) -> None:
    held = matter(stage=stage)
    assert level_of(Level.HIGH, reason=reason, kind=Kind.SIGNAL, matter=held) is Level.CRITICAL
    assert level_of(Level.LOW, reason=reason, kind=Kind.SIGNAL, matter=held) is Level.MEDIUM


def test_nothing_is_louder_than_critical() -> None:
    assert (
        level_of(Level.CRITICAL, reason=AlertReason.ADVANCED, kind=Kind.SIGNAL, matter=matter())
        is Level.CRITICAL
    )


@pytest.mark.parametrize(
    ("held", "reason", "kind"),
    [
        pytest.param(matter(confirmed=False), AlertReason.ADVANCED, Kind.SIGNAL, id="unconfirmed"),
        pytest.param(matter(stage=Stage.INQUIRY), AlertReason.OPENED, Kind.SIGNAL, id="inquiry"),
        pytest.param(matter(), AlertReason.OFFICIAL_ACT, Kind.SIGNAL, id="further act"),
        pytest.param(matter(), AlertReason.ADVANCED, Kind.DEAL, id="deal"),
        pytest.param(None, AlertReason.STANDALONE, Kind.SIGNAL, id="no matter"),
    ],
)
def test_everything_else_keeps_the_rules_level(held: object, reason: AlertReason, kind: Kind) -> None:
    assert level_of(Level.HIGH, reason=reason, kind=kind, matter=held) is Level.HIGH  # type: ignore[arg-type]


def test_an_official_step_needs_the_authority_and_a_step() -> None:
    assert is_official_step(alert())
    assert not is_official_step(alert(tier=Tier.PRESS))
    assert not is_official_step(alert(alone=True))
    assert not is_official_step(replace(alert(), step=None))


def test_a_press_report_is_a_step_only_where_the_stage_moved() -> None:
    assert is_step(alert(tier=Tier.PRESS, reason=AlertReason.ADVANCED))
    assert not is_step(alert(tier=Tier.PRESS, reason=AlertReason.OPENED))


def test_a_worry_that_only_the_press_reports_is_medium_at_most() -> None:
    """It names an authority, and reports no act of it."""
    held = matter(stage=Stage.CONCERN, confirmed=False)
    for base, told in ((Level.HIGH, Level.MEDIUM), (Level.LOW, Level.LOW)):
        assert level_of(base, reason=AlertReason.OPENED, kind=Kind.SIGNAL, matter=held) is told
    own = replace(held, confirmed=True)
    assert level_of(Level.HIGH, reason=AlertReason.OPENED, kind=Kind.SIGNAL, matter=own) is Level.HIGH
