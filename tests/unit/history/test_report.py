"""The report's numbers, and that no text can leave its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.history.coverage import coverage_of
from bot.history.report import Lane, Report, bins_of, lanes_of
from bot.history.report_charts import days_chart, esc, timeline_chart
from bot.history.report_html import page
from bot.matters.agenda import DueDate
from storage.records import StoredStep
from storage.words import Kind
from tests.unit.history.fill import DAY, KEY, START, matter, step
from tests.unit.history.test_why import hit

END = START + 30 * DAY


def report(title: str) -> Report:
    own = replace(matter(), title=title)
    stored = StoredStep(
        id=1, step=step("opened", START + DAY, note=title), title=title, url=title, feed=title
    )
    due = DueDate(
        key="k", on=date(2024, 3, 9), what=title, title=title, matter=KEY, authority="cma", estimated=True
    )
    return Report(
        since=START,
        until=END,
        made_at=END,
        version="1",
        matters=(own,),
        lanes=(Lane(matter=own, steps=(stored,), due=(due,)),),
        bins=bins_of([hit()], START, END),
        hits=(hit(title=title, url=title, feed=title),),
        total_hits=1,
        articles=1,
        coverage=coverage_of([], since=START, until=END, watched=["wire"]),
        states={},
    )


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40) | st.text("<>&\"'/=:javascript \x1b\u202e", max_size=40))
def test_whatever_a_feed_says_stays_text(title: str) -> None:
    """The page has the same tags whatever the words are, but for the link that a good address makes."""
    assert page(report(title)).count("<") == page(report("plain")).count("<")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_charts_are_sound_whatever_the_words(title: str) -> None:
    """As XML, which is stricter than HTML."""
    ET.fromstring(timeline_chart(report(title).lanes, START, END))


@given(st.text(max_size=60))
def test_escaped_text_is_one_harmless_line(text: str) -> None:
    """Between tags and in attributes alike."""
    assert not set(esc(text)) & set("<>\"'\n\r\x1b\u202e\u2028")


@pytest.mark.parametrize(("days", "count", "width"), [(30, 31, 1), (364, 53, 7)], ids=["month", "year"])
def test_every_day_has_its_bin(days: int, count: int, width: int) -> None:
    """A day each, or a week each where there would be too many."""
    bins = bins_of([hit()], START, START + days * DAY)
    assert (len(bins), bins[0].days) == (count, width)
    assert sum(b.total for b in bins) == bins[0].counts[Kind.SIGNAL] == 1
    assert all(b.first + timedelta(days=width) == c.first for b, c in pairwise(bins))


def test_an_empty_period_draws_an_empty_chart() -> None:
    """No division by nothing."""
    ET.fromstring(days_chart(bins_of([], START, START + DAY)))
    ET.fromstring(days_chart(()))


def test_a_lane_holds_the_steps_of_the_period() -> None:
    """Older steps, and matters that took none, are left out."""
    old, new = (
        StoredStep(id=1, step=step("opened", START - DAY)),
        StoredStep(id=2, step=step("advanced", START)),
    )
    (lane,) = lanes_of([matter(), matter("cma:x+y")], {KEY: [old, new], "cma:x+y": [old]}, (), START, END)
    assert (lane.matter.key, lane.steps) == (KEY, (new,))
