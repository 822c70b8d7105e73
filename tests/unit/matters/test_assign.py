"""Articles find their matters, and case numbers join them."""

from __future__ import annotations

import random

from bot.matters.assign import Board, assign, board_of, others_of
from bot.matters.evidence import Evidence
from bot.matters.merge import merged
from storage.records import Matter
from storage.words import Stage
from tests.replay import CMA_TIE, DAY, HOUR, START, TIE, evidence, facts, matter

CASE = "gov.uk:amazon-anthropic"
CASE_KEY = f"cma:case:{CASE}"


def placed(matters: list[Matter], *found: Evidence) -> tuple[Board, list[str | None]]:
    board = board_of(matters)
    places = assign(board, found, START)
    order = {p.evidence.mark: p.key for p in places}
    return board, [order[e.mark] for e in found]


def test_a_case_number_finds_its_matter_without_a_tie() -> None:
    _, keys = placed([matter(cases=(CASE,))], evidence(facts(ties=(), cases=(CASE,))))
    assert keys == [CMA_TIE]


def test_a_case_without_a_tie_opens_a_matter_by_its_number() -> None:
    _, keys = placed([], evidence(facts(ties=(), cases=(CASE,))))
    assert keys == [CASE_KEY]


def test_a_case_beside_a_tie_is_named_by_the_tie() -> None:
    board, keys = placed([], evidence(facts(cases=(CASE,))))
    assert keys == [CMA_TIE]
    assert board.matters[CMA_TIE].cases == (CASE,)


def test_a_tie_and_a_number_in_one_article_join_two_matters() -> None:
    case = matter(CASE_KEY, tie=(), cases=(CASE,), at=START - 2 * DAY, stage=Stage.INVESTIGATION)
    board, keys = placed([matter(), case], evidence(facts(cases=(CASE,))))
    assert keys == [CASE_KEY]  # the older one stays
    assert board.matters[CMA_TIE].merged_into == CASE_KEY
    assert board.matters[CASE_KEY].tie == TIE
    assert board.merges == [(CMA_TIE, CASE_KEY)]


def test_articles_of_the_same_poll_follow_a_merge_whichever_came_first() -> None:
    case = matter(CASE_KEY, tie=(), cases=(CASE,), at=START - 2 * DAY)
    tied = evidence(name="tied", at=START - HOUR)
    both = evidence(facts(cases=(CASE,)), name="both")
    for order in ((tied, both), (both, tied)):
        _, keys = placed([matter(), case], *order)
        assert keys == [CASE_KEY, CASE_KEY]


def test_a_second_case_on_the_same_tie_is_a_second_matter() -> None:
    board, keys = placed([matter(cases=(CASE,))], evidence(facts(cases=("gov.uk:another",))))
    assert keys == ["cma:case:gov.uk:another"]
    assert board.matters["cma:case:gov.uk:another"].tie == TIE


def test_a_story_without_a_number_joins_the_matter_that_still_runs() -> None:
    second = matter("cma:case:gov.uk:b", cases=("gov.uk:b",), at=START - 3 * DAY)
    _, keys = placed([matter(cases=(CASE,), outcome="cleared"), second], evidence())
    assert keys == ["cma:case:gov.uk:b"]


def test_a_merged_matter_leads_on() -> None:
    whole, gone = merged(matter(at=START - 2 * DAY), matter(CASE_KEY, tie=(), cases=(CASE,)))
    _, keys = placed([whole, gone], evidence(facts(ties=(), cases=(CASE,))))
    assert keys == [CMA_TIE]


def test_a_hit_without_tie_or_case_stands_alone() -> None:
    board = board_of([])
    (place,) = assign(board, [evidence(facts(ties=()))], START)
    assert place.key is None
    assert "stands" not in place.why
    assert place.why == "names no tie, case or market to hang it on"


def test_every_place_says_why() -> None:
    (place,) = assign(board_of([]), [evidence(facts(cases=(CASE,)))], START)
    assert place.why == f"case {CASE} of CMA, on Amazon / Anthropic"


def test_the_order_of_a_poll_does_not_matter() -> None:
    found = [
        evidence(facts(ties=(), cases=(CASE,)), name="number"),
        evidence(name="tie"),
        evidence(facts(cases=(CASE,)), name="both"),
        evidence(facts(regulators=("ftc",)), name="ftc"),
    ]
    outcomes = set()
    for seed in range(10):
        random.Random(seed).shuffle(found)
        places = assign(board_of([]), found, START)
        outcomes.add(tuple(sorted((p.evidence.article.title, p.key or "") for p in places)))
    assert len(outcomes) == 1


def test_a_ties_matters_link_to_each_other() -> None:
    deal = matter("tie:amazon+anthropic", authority=None, stage=None)
    ftc = matter("ftc:amazon+anthropic", authority="ftc")
    board = board_of([matter(), deal, ftc])
    assert [m.key for m in board.linked(matter())] == ["ftc:amazon+anthropic", "tie:amazon+anthropic"]
    assert [m.key for m in board.linked(deal)] == [CMA_TIE, "ftc:amazon+anthropic"]


def test_others_are_named_but_not_opened() -> None:
    board = board_of([])
    (place,) = assign(board, [evidence(facts(regulators=("cma", "ftc")))], START)
    assert [m.key for m in others_of(board, place, START)] == ["ftc:amazon+anthropic"]
    assert "ftc:amazon+anthropic" not in board.matters


def test_of_two_matters_the_told_one_stays() -> None:
    older = matter(CASE_KEY, tie=(), cases=(CASE,), told_of=False, at=START - 9 * DAY)
    whole, gone = merged(older, matter(stage=Stage.CONCERN))
    assert whole.key == CMA_TIE
    assert gone.merged_into == CMA_TIE
    assert (whole.stage, whole.opened_at) == (Stage.INQUIRY, START - 9 * DAY)


def test_a_merged_matter_does_not_rise_again_under_its_old_name() -> None:
    """A case number joins another tie's matter; a later article on that tie alone follows it."""
    other = ("google", "anthropic")
    own = matter("cma:anthropic+google", tie=("anthropic", "google"), stage=Stage.DECISION)
    joining = evidence(facts(ties=(other,), cases=(CASE,)), name="joins")
    later = evidence(facts(ties=(other,)), name="later")
    board, keys = placed([matter(cases=(CASE,)), own], joining, later)
    assert board.matters[own.key].merged_into == CMA_TIE
    assert keys == [CMA_TIE, CMA_TIE]
