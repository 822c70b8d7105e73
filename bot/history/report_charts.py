"""The charts of the HTML report as inline SVG: hits a day, the timeline, a feed's coverage. Contains no I/O.

Every text from outside goes through `esc`. No style attribute is used, so that the page's policy can forbid them.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.alerts.escape import clean
from bot.history.coverage import FeedCoverage
from bot.history.report import Bin, Lane, place_of
from bot.history.timeline import REASONS
from storage.words import Kind

WIDTH = 840
_LEFT, _RIGHT = 34, 12
_LANE = 46


def esc(text: object) -> str:
    """Return text safe between tags and in quoted attributes: one line, no control characters, no markup."""
    return html.escape(clean(str(text)), quote=True)


def days_chart(bins: Sequence[Bin]) -> str:
    """Return stacked bars of hits, a bar a day or week."""
    height, foot = 190, 24
    top = max((b.total for b in bins), default=0) or 1
    scale = (height - foot - 14) / top
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(bins))
    parts = [_open(height, "Hits by day and kind")]
    for tick in _ticks(top):
        y = height - foot - tick * scale
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{tick}</text>')
    for number, one in enumerate(bins):
        parts += _bar(one, _LEFT + number * step, step, base=height - foot, scale=scale)
    parts += _dates([b.first for b in bins], step, height - 7)
    return "".join([*parts, "</svg>"])


def _bar(one: Bin, x: float, step: float, *, base: float, scale: float) -> Iterator[str]:
    words = ", ".join(f"{n} {kind.value}" for kind, n in one.counts.items() if n) or "none"
    span = one.first.isoformat() + (" and the week from then on" if one.days > 1 else "")
    yield f"<g><title>{esc(span)}: {esc(words)}</title>"
    width = max(1.0, step - max(1.0, step * 0.2))
    yield f'<rect x="{x:.1f}" y="14" width="{step:.1f}" height="{base - 14:.1f}" fill="transparent"/>'
    y = base
    for kind in Kind:
        size = one.counts.get(kind, 0) * scale
        if size:
            y -= size
            yield f'<rect class="{kind.value}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{size:.1f}"/>'
    yield "</g>"


def _ticks(top: int) -> list[int]:
    """Return whole numbers from 0 to about the top, at most five."""
    size = next(n * 10**e for e in range(9) for n in (1, 2, 5) if top / (n * 10**e) <= 4)
    return list(range(0, top + 1, size))


def _dates(days: Sequence[date], step: float, y: float) -> Iterator[str]:
    every = max(1, -(-len(days) // 8))
    for number in range(0, len(days), every):
        x = _LEFT + number * step
        yield f'<text x="{x:.1f}" y="{y:.1f}">{days[number]:%d %b}</text>'


def timeline_chart(lanes: Sequence[Lane], since: datetime, until: datetime) -> str:
    """Return a lane a matter: full dots are the authority's own steps, hollow ones the press's, diamonds due dates."""
    height = len(lanes) * _LANE + 30
    whole = (until - since).total_seconds() or 1.0
    inner = WIDTH - _LEFT - _RIGHT

    def x_of(at: datetime) -> float:
        return _LEFT + inner * min(1.0, max(0.0, (at - since).total_seconds() / whole))

    parts = [_open(height, "Steps of each matter over time")]
    for number in range(7):
        at = since + (until - since) * number / 6
        x = x_of(at)
        anchor = "end" if number == 6 else "start" if number == 0 else "middle"
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="4" y2="{height - 22}"/>')
        parts.append(f'<text x="{x:.1f}" y="{height - 7}" text-anchor="{anchor}">{at:%d %b}</text>')
    for number, lane in enumerate(lanes):
        y = number * _LANE + 34
        parts.append(f'<line class="lane" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text class="name" x="{_LEFT}" y="{y - 12}">{esc(_short(lane.matter.title))}</text>')
        for stored in lane.steps:
            step = stored.step
            stage = f", {step.stage.value}" if step.stage else ""
            words = f"{step.at:%Y-%m-%d} {REASONS.get(step.reason, step.reason)}{stage}"
            sure = " sure" if step.confirmed else ""
            parts.append(
                f'<circle class="step{sure}" cx="{x_of(place_of(stored, since)):.1f}" cy="{y}" r="6">'
                f"<title>{esc(words)}{'' if step.confirmed else ' (unconfirmed)'}: {esc(stored.title)}</title></circle>"
            )
        for due in lane.due:
            x = x_of(datetime.combine(due.on, time(12), UTC))
            parts.append(
                f'<path class="due" d="M{x:.1f} {y - 7}l7 7l-7 7l-7 -7z">'
                f"<title>{due.on.isoformat()} due: {esc(due.what)}</title></path>"
            )
    return "".join([*parts, "</svg>"])


def coverage_bar(feed: FeedCoverage, since: datetime, until: datetime) -> str:
    """Return one feed's period: seen, blind, gap."""
    whole = (until - since) / timedelta(seconds=1) or 1.0
    parts = ['<svg viewBox="0 0 200 10" preserveAspectRatio="none" role="img" aria-hidden="true">']
    parts.append('<rect class="back" x="0" y="0" width="200" height="10"/>')
    for one in feed.stretches[:400]:
        x = 200 * ((one.since - since) / timedelta(seconds=1)) / whole
        width = 200 * ((one.until - one.since) / timedelta(seconds=1)) / whole
        state = one.state if one.state in ("seen", "gap") else "blind"
        parts.append(f'<rect class="{state}" x="{x:.2f}" y="0" width="{max(width, 0.4):.2f}" height="10"/>')
    return "".join([*parts, "</svg>"])


def _open(height: int, label: str) -> str:
    return f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{esc(label)}">'


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
