"""Silences hide, are pierced, and end with a word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.alerts.alert import AlertReason
from bot.alerts.silence import end_text, ended, problems, silenced_by
from storage.records import Silence
from storage.words import Tier
from tests.unit.alerts.making import NOW, alert

PRESS = alert(tier=Tier.PRESS)
BASE = Silence(
    id=1,
    author="ana",
    reason="too much of it",
    created_at=NOW - timedelta(days=1),
    until=NOW + timedelta(days=6),
    matter="cma:microsoft+openai",
)
EMPTY = replace(BASE, matter=None)


@pytest.mark.parametrize(
    "silence",
    [
        BASE,
        replace(EMPTY, rule="cma-cloud-ai-tie"),
        replace(EMPTY, company="openai"),
        replace(EMPTY, regulator="cma"),
        replace(EMPTY, feed="cma-cases"),
        replace(BASE, company="microsoft"),
    ],
    ids=["matter", "rule", "company", "regulator", "feed", "two words"],
)
def test_a_silence_hides_what_it_names(silence: Silence) -> None:
    assert silenced_by(PRESS, "cma-cases", [silence], NOW) == silence


@pytest.mark.parametrize(
    "silence",
    [
        replace(BASE, matter="ec:microsoft+openai"),
        replace(EMPTY, rule="other"),
        replace(EMPTY, company="amazon"),
        replace(EMPTY, regulator="ftc"),
        replace(EMPTY, feed="wire"),
        replace(BASE, company="amazon"),
        replace(BASE, until=NOW),
        replace(BASE, created_at=NOW + timedelta(hours=1)),
    ],
    ids=["matter", "rule", "company", "regulator", "feed", "one of two", "over", "not yet"],
)
def test_a_silence_hides_nothing_else(silence: Silence) -> None:
    assert silenced_by(PRESS, "cma-cases", [silence], NOW) is None


@pytest.mark.parametrize(
    "told",
    [
        alert(),
        alert(reason=AlertReason.OFFICIAL_ACT),
        alert(tier=Tier.PRESS, reason=AlertReason.ADVANCED),
        alert(tier=Tier.PRESS, reason=AlertReason.CLOSED),
    ],
    ids=["official opening", "official act", "press advance", "press closing"],
)
def test_official_steps_and_advances_pierce_unless_it_covers_everything(told: object) -> None:
    assert silenced_by(told, "cma-cases", [BASE], NOW) is None  # type: ignore[arg-type]
    whole = replace(BASE, everything=True)
    assert silenced_by(told, "cma-cases", [whole], NOW) == whole  # type: ignore[arg-type]


def test_of_two_silences_the_older_counts() -> None:
    newer = replace(BASE, id=2)
    assert silenced_by(PRESS, "cma-cases", [newer, BASE], NOW) == BASE


@pytest.mark.parametrize(
    ("silence", "said"),
    [
        (replace(BASE, author=" "), "a silence needs an author"),
        (replace(BASE, reason=""), "a silence needs a reason"),
        (replace(BASE, until=BASE.created_at), "a silence must end after it begins"),
        (
            replace(BASE, until=BASE.created_at + timedelta(days=31)),
            "a silence lasts 30 days at most; renew it when it ends",
        ),
        (EMPTY, "say what to silence: a matter, rule, company, regulator or feed"),
    ],
    ids=["author", "reason", "end", "length", "subject"],
)
def test_a_silence_without_its_due_parts_is_refused(silence: Silence, said: str) -> None:
    assert problems(silence) == (said,)


def test_a_proper_silence_is_accepted() -> None:
    assert problems(BASE) == ()


def test_the_end_is_told_once_with_what_it_hid() -> None:
    over = replace(BASE, until=NOW, hidden=2)
    assert ended([over, BASE, replace(over, told_end=True)], NOW) == (over,)
    assert end_text(over, ["A story", "Another"]) == (
        "The silence on matter cma:microsoft+openai has ended after 1 d.\n"
        "ana set it: too much of it\n"
        "It hid 2 alerts.\n"
        "• A story\n"
        "• Another"
    )


def test_a_silence_that_hid_nothing_says_so() -> None:
    assert "It hid nothing." in end_text(BASE)
