"""A matter's life is told in order."""

from __future__ import annotations

from dataclasses import replace

from bot.history.timeline import ladder_of, lead_of, linked_of, members_of
from storage.records import Step, StoredStep
from storage.words import Stage
from tests.unit.history.fill import DAY, DEAL, KEY, START, matter, step
from tests.unit.history.test_why import hit


def stored(number: int, one: Step) -> StoredStep:
    return StoredStep(id=number, step=one)


def test_a_rung_shows_the_first_day_it_was_reached() -> None:
    """A second step at the same stage does not move it."""
    steps = [stored(1, step("opened", START)), stored(2, step("official-act", START + DAY, confirmed=True))]
    rungs = {rung.stage: rung for rung in ladder_of(matter(), steps)}
    assert rungs[Stage.INQUIRY].reached == steps[0].step.happened_at
    assert rungs[Stage.INQUIRY].confirmed
    assert rungs[Stage.DECISION].reached is None


def test_a_source_that_dates_ahead_does_not_move_the_step_into_the_future() -> None:
    """The day we saw it bounds the day it happened."""
    ahead = replace(step("opened", START), happened_at=START + 9 * DAY)
    assert ladder_of(matter(), [stored(1, ahead)])[1].reached == START


def test_the_lead_counts_from_the_presss_first_word_of_the_same_stage() -> None:
    """An earlier rumour of a lower stage does not count."""
    steps = [
        stored(1, step("opened", START - 9 * DAY, stage=Stage.CONCERN)),
        stored(2, step("advanced", START)),
        stored(3, step("confirmed", START + 2 * DAY, confirmed=True)),
    ]
    assert lead_of(steps) == "2 d"
    assert lead_of(steps[:2]) == ""


def test_linked_are_the_living_matters_of_the_tie_or_case() -> None:
    """A matter merged away, and another tie's, are not."""
    own = matter()
    kin = [
        matter(DEAL, authority=None, cases=()),
        matter("ec:amazon+anthropic", merged_into=KEY),
        matter("cma:a+b", tie=("a", "b"), cases=()),
        matter("cma:case:x", tie=(), cases=own.cases),
        own,
    ]
    assert [m.key for m in linked_of(own, kin)] == [DEAL, "cma:case:x"]


def test_every_revision_of_an_article_has_its_fate() -> None:
    """A case page stands there once, with what became of each of its edits."""
    hits = [hit("baseline"), hit("told", id=2, revision=1), hit("told", id=3, revision=2, rule="another")]
    (member,) = members_of(hits, {})
    assert member.verdicts == ("baseline", "told", "told")
    assert member.rules == ("cma-tie", "another")
