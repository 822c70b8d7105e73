"""What the HTML report shows, gathered from the stored past. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.history.coverage import Coverage
from bot.history.pages import all_hits
from bot.history.timeline import happened
from bot.matters.agenda import DueDate, agenda_of
from storage.hit_filter import HitFilter
from storage.reader import Reader
from storage.records import FeedState, Hit, Matter, StoredStep
from storage.words import Kind

DAY = timedelta(days=1)
MOST_LANES = 40
MOST_HITS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One matter of the timeline with its steps and due dates within the period."""

    matter: Matter
    steps: tuple[StoredStep, ...]
    due: tuple[DueDate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """The hits of a day, or of a week where the period is long, by kind; one an article and rule."""

    first: date
    days: int
    counts: Mapping[Kind, int]

    @property
    def total(self) -> int:
        """Return all hits of the bin."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything on the page. Matters are all that live, the last moved first; hits are the newest."""

    since: datetime
    until: datetime
    made_at: datetime
    version: str
    matters: tuple[Matter, ...]
    lanes: tuple[Lane, ...]
    bins: tuple[Bin, ...]
    hits: tuple[Hit, ...]
    total_hits: int
    articles: int
    coverage: Coverage
    states: Mapping[str, FeedState]

    @property
    def steps(self) -> list[StoredStep]:
        """Return the steps of the period, newest first."""
        found = [stored for lane in self.lanes for stored in lane.steps]
        return sorted(found, key=lambda s: (s.step.at, s.id), reverse=True)


def report_of(
    reader: Reader, *, since: datetime, until: datetime, now: datetime, coverage: Coverage, version: str
) -> Report:
    """Return the report of [since, until); shadow hits are left out."""
    hits = all_hits(reader, HitFilter(since=since, until=until, statuses=("live",)))
    matters = reader.matters()
    steps = {matter.key: reader.steps(matter.key) for matter in matters if matter.moved_at >= since}
    own = [hit for hit in hits if hit.matter in steps]
    dates = agenda_of(own, [m for m in matters if m.key in steps], steps)
    return Report(
        since=since,
        until=until,
        made_at=now,
        version=version,
        matters=matters,
        lanes=lanes_of(matters, steps, dates, since, until),
        bins=bins_of(hits, since, until),
        hits=tuple(hits[:MOST_HITS]),
        total_hits=len(hits),
        articles=len({hit.article_id for hit in hits}),
        coverage=coverage,
        states=reader.feed_states(),
    )


def lanes_of(
    matters: Iterable[Matter],
    steps: Mapping[str, Sequence[StoredStep]],
    dates: Sequence[DueDate],
    since: datetime,
    until: datetime,
) -> tuple[Lane, ...]:
    """Return a lane for each matter with a step in the period, the last moved first, not too many to see."""
    found = []
    for matter in matters:
        recent = tuple(s for s in steps.get(matter.key, ()) if since <= s.step.at < until)
        if recent:
            due = tuple(d for d in dates if d.matter == matter.key and since.date() <= d.on <= until.date())
            found.append(Lane(matter=matter, steps=recent, due=due))
    return tuple(found[:MOST_LANES])


def bins_of(hits: Iterable[Hit], since: datetime, until: datetime) -> tuple[Bin, ...]:
    """Return the hits of each day of the period, or of each week where it is longer than four months."""
    days = (until.date() - since.date()).days + 1
    width = 1 if days <= 120 else 7
    counts: dict[int, dict[Kind, int]] = {}
    for hit in hits:
        number = (hit.matched_at.date() - since.date()).days // width
        own = counts.setdefault(number, dict.fromkeys(Kind, 0))
        own[hit.kind] += 1
    last = -(-days // width)
    return tuple(
        Bin(
            first=since.date() + n * width * DAY,
            days=width,
            counts=counts.get(n, dict.fromkeys(Kind, 0)),
        )
        for n in range(last)
    )


def place_of(stored: StoredStep, since: datetime) -> datetime:
    """Return where a step stands on the time line: when it happened, but not before the period begins."""
    return max(happened(stored.step), since)
