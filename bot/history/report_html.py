"""The HTML report as one self-contained page: no script, no request, every text escaped. Contains no I/O."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

from bot.alerts.escape import safe_url
from bot.alerts.wording import state_words
from bot.history.coverage import clock_length, memo
from bot.history.report import Report
from bot.history.report_charts import coverage_bar, days_chart, esc, timeline_chart
from bot.history.report_style import CSS
from bot.history.timeline import REASONS, happened
from bot.matters.identity import name_of
from storage.records import Matter
from storage.words import Kind, Stage

_KINDS = {
    Kind.SIGNAL: "signal: FTC, CMA or European Commission",
    Kind.OTHER: "other authorities",
    Kind.DEAL: "deals without an authority",
}


def page(report: Report) -> str:
    """Return the whole page."""
    digest = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = f"regwatch report, {report.since:%d %b %Y} to {report.until:%d %b %Y}"
    head = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">'
        f"<title>{esc(title)}</title><style>{CSS}</style></head>\n<body>\n"
    )
    return head + "\n".join(_body(report)) + "\n</body></html>\n"


def _body(report: Report) -> Iterator[str]:
    yield "<header><h1>Antitrust watch: cloud and AI partnerships</h1>"
    yield f'<p class="soft">{report.since:%d %b %Y %H:%M} to {report.until:%d %b %Y %H:%M} UTC</p></header>'
    yield from _tiles(report)
    sentence = memo(report.coverage, subject="", hits=report.total_hits)
    yield f"<p>{esc(sentence)}</p>"
    yield "<main>"
    yield from _matrix(report)
    yield from _timeline(report)
    yield from _days(report)
    yield from _matters(report)
    yield from _feeds(report)
    yield from _hits(report)
    yield "</main>"
    made = f"Made {report.made_at:%d %b %Y %H:%M} UTC by regwatch {report.version}. Times are UTC."
    yield f"<footer>{esc(made)} This page loads nothing from elsewhere.</footer>"


def _tiles(report: Report) -> Iterator[str]:
    moved = sum(m.moved_at >= report.since for m in report.matters)
    steps = report.steps
    sure = sum(s.step.confirmed for s in steps)
    share = f"{report.coverage.share:.1%}" if report.coverage.feeds else "none"
    tiles = (
        (f"{moved}", "matters moved"),
        (f"{len(steps)}", f"steps, {sure} confirmed by the authority"),
        (f"{report.total_hits}", f"hits in {report.articles} articles"),
        (share, f"of the time of {len(report.coverage.feeds)} feeds watched"),
    )
    yield '<section class="tiles">'
    yield from (f'<div class="tile"><b>{esc(n)}</b>{esc(what)}</div>' for n, what in tiles)
    yield "</section>"


def _matrix(report: Report) -> Iterator[str]:
    """Count the living matters by authority and stage; those that ended have a column of their own."""
    columns = ["deal", *(stage.value for stage in Stage), "ended"]
    counts: dict[str, dict[str, int]] = {}
    for matter in report.matters:
        who = name_of(matter.authority) if matter.authority else "no authority yet"
        row = counts.setdefault(who, dict.fromkeys(columns, 0))
        row[_column(matter)] += 1
    yield "<section><h2>Matters by authority and stage</h2>"
    if not counts:
        yield '<p class="soft">No matters yet.</p></section>'
        return
    top = max(n for row in counts.values() for n in row.values())
    yield '<div class="wide"><table><thead><tr><th scope="col">Authority</th>'
    yield "".join(f'<th scope="col">{esc(name)}</th>' for name in columns) + "</tr></thead><tbody>"
    for who, row in sorted(counts.items(), key=lambda item: (-sum(item[1].values()), item[0])):
        cells = "".join(f'<td class="h{_heat(n, top)}">{n or ""}</td>' for n in row.values())
        yield f'<tr><th scope="row">{esc(who)}</th>{cells}</tr>'
    yield "</tbody></table></div></section>"


def _column(matter: Matter) -> str:
    if matter.outcome:
        return "ended"
    return matter.stage.value if matter.stage else "deal"


def _heat(count: int, top: int) -> str:
    return f" h{min(3, 1 + 3 * (count - 1) // top)}" if count else ""


def _timeline(report: Report) -> Iterator[str]:
    yield "<section><h2>Timeline</h2>"
    if not report.lanes:
        yield '<p class="soft">No matter took a step in this time.</p></section>'
        return
    yield "<p>" + _key('<circle class="step sure" cx="5.5" cy="5.5" r="4"/>', "step of the authority itself")
    yield _key('<circle class="step" cx="5.5" cy="5.5" r="4"/>', "reported by the press, unconfirmed")
    yield _key('<path class="due" d="M5.5 0l5.5 5.5l-5.5 5.5l-5.5 -5.5z"/>', "due date") + "</p>"
    yield f'<div class="wide">{timeline_chart(report.lanes, report.since, report.until)}</div>'
    yield '<h2>Steps</h2><div class="wide"><table><thead><tr><th>Date</th><th>Matter</th><th>Step</th><th>Stage</th>'
    yield '<th></th><th class="opt">Source</th></tr></thead><tbody>'
    titles = {lane.matter.key: lane.matter.title for lane in report.lanes}
    for stored in report.steps:
        step = stored.step
        trust = _tag("good", "confirmed") if step.confirmed else _tag("warn", "unconfirmed")
        note = f": {step.note}" if step.note else ""
        words = f"{REASONS.get(step.reason, step.reason)}{note}"
        yield (
            f'<tr><td class="d">{happened(step):%d %b %Y}</td><td>{esc(titles[step.matter])}</td><td>{esc(words)}</td>'
            f"<td>{esc(step.stage.value if step.stage else 'deal')}</td><td>{trust}</td>"
            f'<td class="opt">{_link(stored.url, stored.title or stored.feed)}</td></tr>'
        )
    yield "</tbody></table></div></section>"


def _days(report: Report) -> Iterator[str]:
    unit = "week" if report.bins and report.bins[0].days > 1 else "day"
    yield f"<section><h2>Hits a {unit}</h2><p>"
    for kind, words in _KINDS.items():
        yield _key(f'<rect class="{kind.value}" width="11" height="11"/>', words)
    yield f'</p><div class="wide">{days_chart(report.bins)}</div></section>'


def _matters(report: Report) -> Iterator[str]:
    yield "<section><h2>Matters</h2>"
    if not report.matters:
        yield '<p class="soft">None.</p></section>'
        return
    yield '<div class="wide"><table><thead><tr><th>Matter</th><th>Stage</th><th></th><th>Level</th><th>Moved</th>'
    yield '<th class="opt">Sources</th><th>Next deadline</th></tr></thead><tbody>'
    today = report.until.date()
    for matter in report.matters[:200]:
        trust = (
            ""
            if matter.authority is None
            else _tag("good", "confirmed")
            if matter.confirmed
            else _tag("warn", "unconfirmed")
        )
        due = matter.deadline if matter.deadline and matter.deadline.on >= today else None
        words = f"{due.on:%d %b %Y} {due.what}" if due else ""
        yield (
            f'<tr><td>{esc(matter.title)}<br><span class="soft">{esc(matter.key)}</span></td>'
            f"<td>{esc(state_words(matter))}</td><td>{trust}</td><td>{esc(matter.level.value)}</td>"
            f'<td class="d">{matter.moved_at:%d %b %Y}</td><td class="n opt">{matter.sources}</td><td>{esc(words)}</td></tr>'
        )
    yield "</tbody></table></div></section>"


def _feeds(report: Report) -> Iterator[str]:
    coverage = report.coverage
    yield "<section><h2>Feed health</h2><p>"
    yield _key('<rect class="seen" width="11" height="11"/>', "watched")
    yield _key('<rect class="blind" width="11" height="11"/>', "blind")
    yield _key('<rect class="gap" width="11" height="11"/>', "gap: items may have slipped by") + "</p>"
    yield '<div class="wide"><table><thead><tr><th>Feed</th><th>State</th><th>Watched</th><th>Blind</th>'
    yield '<th class="opt">Over time</th><th class="opt">Last good poll</th><th class="opt">Last news</th></tr></thead><tbody>'
    for feed in coverage.feeds:
        state = report.states.get(feed.feed)
        whole = feed.watched + feed.blind
        share = f"{feed.watched / whole:.1%}" if whole else ""
        word = "never polled" if state is None else "failing" if state.failures else "ok"
        tag = _tag({"ok": "good", "failing": "bad"}.get(word, "warn"), word)
        detail = (
            f' <span class="soft">{esc(state.outcome)}</span>' if state is not None and state.failures else ""
        )
        last = f"{state.ok_at:%d %b %H:%M}" if state and state.ok_at else ""
        news = f"{state.news_at:%d %b %H:%M}" if state and state.news_at else ""
        yield (
            f'<tr><td>{esc(feed.feed)}</td><td>{tag}{detail}</td><td class="n">{share}</td>'
            f'<td class="n">{clock_length(feed.blind)}</td>'
            f'<td class="opt">{coverage_bar(feed, coverage.since, coverage.until)}</td>'
            f'<td class="d opt">{last}</td><td class="d opt">{news}</td></tr>'
        )
    yield "</tbody></table></div></section>"


def _hits(report: Report) -> Iterator[str]:
    shown = (
        f", the newest {len(report.hits)} of {report.total_hits}"
        if len(report.hits) < report.total_hits
        else ""
    )
    yield f"<section><h2>Hits{shown}</h2>"
    if not report.hits:
        yield '<p class="soft">None.</p></section>'
        return
    yield '<div class="wide"><table><thead><tr><th>Matched</th><th>Article</th><th>Kind</th><th>Level</th><th class="opt">Feed</th>'
    yield '<th class="opt">What became of it</th></tr></thead><tbody>'
    for hit in report.hits:
        yield (
            f'<tr><td class="d">{hit.matched_at:%d %b %H:%M}</td><td>{_link(hit.url, hit.title or hit.url)}</td>'
            f'<td>{esc(hit.kind.value)}</td><td>{esc(hit.level.value)}</td><td class="opt">{esc(hit.feed)}</td>'
            f'<td class="opt">{esc(hit.verdict)}</td></tr>'
        )
    yield "</tbody></table></div></section>"


def _key(shape: str, words: str) -> str:
    return f'<span class="key"><svg viewBox="0 0 11 11" aria-hidden="true">{shape}</svg> {esc(words)}</span>'


def _tag(look: str, words: str) -> str:
    return f'<span class="tag {look}">{esc(words)}</span>'


def _link(url: str, words: str) -> str:
    safe = safe_url(url)
    return f'<a href="{esc(safe)}" rel="noopener noreferrer">{esc(words)}</a>' if safe else esc(words)
