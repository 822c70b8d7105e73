"""Counting who carries a step."""

from __future__ import annotations

from datetime import datetime

from bot.matters.corroboration import carriers_of, corroborated, told_officially
from storage.records import SourceNote
from storage.words import Stage
from tests.replay import CMA_TIE, DAY, START, evidence, facts, matter


def note(publisher: str, at: datetime, stage: Stage | None = Stage.INQUIRY, *, link: str = "") -> SourceNote:
    return SourceNote(
        matter=CMA_TIE, publisher=publisher, official=bool(link), stage=stage, first_seen_at=at, link=link
    )


def test_a_new_publisher_is_one_more_source() -> None:
    more = corroborated(matter(), evidence(publisher="Blatt"), carriers_of(matter(), [note("Post", START)]))
    assert more is not None
    assert more.sources == 2


def test_a_publisher_counts_once() -> None:
    carriers = carriers_of(matter(), [note("Blatt", START)])
    assert corroborated(matter(), evidence(publisher="Blatt"), carriers) is None


def test_a_publisher_that_wrote_before_the_step_counts_when_it_carries_it() -> None:
    held = matter(stage=Stage.INVESTIGATION, at=START)
    carriers = carriers_of(held, [note("Blatt", START - DAY)])
    proof = evidence(facts(Stage.INVESTIGATION), publisher="Blatt")
    assert corroborated(held, proof, carriers) is not None


def test_a_publisher_that_repeats_an_older_stage_does_not_count_again() -> None:
    held = matter(stage=Stage.INVESTIGATION, at=START)
    carriers = carriers_of(held, [note("Blatt", START - DAY)])
    assert corroborated(held, evidence(facts(Stage.INQUIRY), publisher="Blatt"), carriers) is None


def test_an_official_link_is_recognised() -> None:
    notes = [note("cma", START, link="https://gov.uk/a"), note("Blatt", START)]
    assert told_officially("https://gov.uk/a", notes)
    assert not told_officially("https://gov.uk/b", notes)
    assert not told_officially("", notes)
