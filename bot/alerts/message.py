"""Alerts put into Slack's blocks, with a fallback text that says as much. Contains no I/O.

Every text from a feed passes `bot.alerts.escape`; every message stays within `bot.alerts.blocks`' room.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.alerts import blocks
from bot.alerts.alert import Alert
from bot.alerts.escape import clean, cut, escaped, link, neutral, plain, safe_url, units
from bot.alerts.wording import (
    LEVEL_SIGNS,
    LEVEL_WORDS,
    REASON_WORDS,
    STAGE_WORDS,
    TIER_WORDS,
    amount_words,
    deadline_words,
    moment,
    names,
    state_words,
    step_words,
    subject,
    subject_of,
    trust_words,
)
from storage.records import Deadline, Matter, Message

TITLE_ROOM = 300
LINK_ROOM = 2_400  # the longest address that is linked, and a title
QUOTE_ROOM = 600
PLAIN_ROOM = 2_000  # what is sent after Slack refused the message itself
_LIST_TITLE_ROOM = 180
_LIST_LINK_ROOM = 1_400


def alert_message(alert: Alert) -> Message:
    """Return the message of a post or a reply: what happened, with the evidence."""
    headline = f"{plain(subject(alert), 150)} · {plain(step_words(alert), 150)}"
    return _message(alert, headline, state="")


def parent_message(alert: Alert) -> Message:
    """Return the parent of a matter's thread: where the matter stands now, and the latest evidence."""
    matter = alert.matter
    if matter is None:
        return alert_message(alert)
    headline = f"{plain(subject_of(matter), 150)} · {plain(state_words(matter), 150)}"
    deadline = _next_deadline(alert)
    until = plain(deadline_words(deadline), 120) if deadline else "none known"
    return _message(
        alert, headline, state=f"Stage: *{plain(state_words(matter), 150)}* · Next deadline: {until}"
    )


def roll_up_messages(alerts: Sequence[Alert], *, heading: str = "") -> tuple[Message, ...]:
    """Return as few messages as hold every alert's title and link, the loudest first."""
    ordered = sorted(alerts, key=lambda alert: -alert.level.rank)
    pages: list[list[_Line]] = []
    room = blocks.TEXT_ROOM - 200
    used = room + 1
    for line in map(_list_line, ordered):
        used += max(units(line.text), units(line.markup)) + 1
        if used > room:
            pages.append([])
            used = max(units(line.text), units(line.markup)) + 1
        pages[-1].append(line)
    title = heading or f"{len(ordered)} more alerts in a short time, together"
    return tuple(
        _listed(plain(title, 140) + (f" ({number}/{len(pages)})" if len(pages) > 1 else ""), page)
        for number, page in enumerate(pages, 1)
    )


def baseline_message(*, feed: str, articles: int, hits: int) -> Message:
    """Return the one line that sums up a feed's first poll."""
    return _one_section(
        f"*{plain(feed, 200)}* is watched from now on: {articles} articles read, {hits} hits kept, none posted.",
        "See them with `regwatch hits`.",
    )


def plain_message(text: str, *, room: int = PLAIN_ROOM) -> Message:
    """Return a message without blocks; the text's lines stay lines, what does not fit is cut and said."""
    lines = [plain(line, 800) for line in text.splitlines() if line.strip()]
    return Message(text="\n".join(_fitting(lines, room=room - 40)) or "(empty)")


def reduced(message: Message) -> Message:
    """Return a message's fallback text alone, of at most 2,000 units and never cut inside an entity or a link."""
    kept: list[str] = []
    room = PLAIN_ROOM - 2
    for line in message.text.split("\n"):
        if units(line) > room:
            kept.append("…")
            break
        kept.append(line)
        room -= units(line) + 1
    return Message(text="\n".join(kept).strip() or "(empty)")


def ops_message(text: str, *, details: Sequence[str] = ()) -> Message:
    """Return a message about the bot's own troubles; lines of the text stay lines."""
    lines = [plain(line, 800) for line in text.splitlines() if line.strip()]
    body = [f"• {plain(detail, 400)}" for detail in details]
    shown = [f"*regwatch:* {lines[0] if lines else '(empty)'}", *lines[1:], *body]
    return _one_section(*_fitting(shown))


@dataclass(frozen=True, slots=True)
class _Line:
    """One entry of a list, as markup and as text."""

    markup: str
    text: str


def _message(alert: Alert, headline: str, *, state: str) -> Message:
    sign, level = LEVEL_SIGNS[alert.level], LEVEL_WORDS[alert.level]
    article = alert.article
    title = article.title or article.url or "(no title)"
    lead = [f"{sign} *{headline}* ({level})", f"*{link(article.url, _capped(title), LINK_ROOM)}*"]
    quote = _quote(alert)
    facts = [state, *_facts(alert, with_deadline=not state), *_standing(alert)]
    print_line = plain(_small_print(alert), blocks.CONTEXT_ROOM)
    body = [line for line in facts if line]
    shown: list[blocks.Block] = [blocks.section("\n".join(lead))]
    if quote:
        shown.append(blocks.section(f"> {quote}"))
    shown.extend(blocks.sections_of(body))
    shown.append(blocks.context(print_line))
    url = safe_url(article.url)
    text = [
        f"{sign} {headline} ({level})",
        plain(_capped(title), TITLE_ROOM * 2),
        f"<{escaped(url)}>" if url and units(escaped(url)) < _LIST_LINK_ROOM else "",
        quote,
        *body,
        print_line,
    ]
    return Message(text="\n".join(_fitting([line for line in text if line])), blocks=tuple(shown))


def _facts(alert: Alert, *, with_deadline: bool) -> list[str]:
    facts = alert.facts
    parties = alert.matter.tie if alert.matter and alert.matter.tie else facts.companies
    amounts = ", ".join(amount_words(amount) for amount in facts.amounts[:4])
    cases = tuple(dict.fromkeys((*(alert.matter.cases if alert.matter else ()), *facts.cases)))
    deadline = _next_deadline(alert) if with_deadline else None
    pairs = [
        ("Parties", names(parties, most=6)),
        ("Amount", amounts),
        ("Form", (facts.deal_form or "").replace("-", " ")),
        ("Theory", ", ".join(theory.replace("-", " ") for theory in facts.theories[:3])),
        ("Case", ", ".join(case.removeprefix("gov.uk:") for case in cases[:4])),
        ("Deadline", deadline_words(deadline) if deadline else ""),
    ]
    line = " · ".join(f"*{name}:* {plain(value, 300)}" for name, value in pairs if value)
    return [line] if line else []


def _standing(alert: Alert) -> list[str]:
    """Return who vouches for it, how many carry it, and what it hangs together with."""
    parts = [plain(trust_words(alert), 200)]
    if alert.sources > 1:
        more = alert.sources - 1
        parts.append(f"also in {more} source{'s' if more > 1 else ''}")
    related = [_related(matter) for matter in (*alert.others, *alert.linked)[:4]]
    lines = [" · ".join(part for part in parts if part)]
    if related:
        lines.append(f"Related: {plain('; '.join(related), 500)}")
    return [line for line in lines if line]


def _related(matter: Matter) -> str:
    return f"{subject_of(matter)} ({STAGE_WORDS[matter.stage] if matter.stage else 'deal'})"


def _small_print(alert: Alert) -> str:
    article = alert.article
    published = moment(article.published_at) if article.published_at else "no date in feed"
    why = REASON_WORDS.get(alert.reason, "")
    return " · ".join(
        part
        for part in (
            f"{clean(alert.source)[:120]} ({TIER_WORDS[alert.tier]})",
            f"published {published}",
            f"seen {moment(alert.seen_at)}",
            f"rule {alert.match.rule}",
            f"why: {why}" if why else "",
        )
        if part
    )


def _next_deadline(alert: Alert) -> Deadline | None:
    """Return the matter's deadline, or the article's first, that has not passed."""
    own = (alert.matter.deadline,) if alert.matter and alert.matter.deadline else ()
    ahead = [d for d in (*own, *alert.facts.deadlines) if d.on >= alert.seen_at.date()]
    return ahead[0] if own and ahead else min(ahead, key=lambda d: d.on, default=None)


def _quote(alert: Alert) -> str:
    """Return the sentence that matched as mrkdwn, its matched words in bold; nothing when the title says it."""
    sentence = clean(alert.match.sentence)
    if not sentence or sentence == clean(alert.article.title):
        return ""
    sentence = cut(sentence, QUOTE_ROOM)
    words = {clean(span.text) for span in alert.match.spans}
    pieces: list[str] = []
    at = 0
    for start, end in _spots(sentence, words):
        pieces.append(escaped(neutral(sentence[at:start])))
        pieces.append(f"*{escaped(neutral(sentence[start:end]))}*")
        at = end
    return "".join([*pieces, escaped(neutral(sentence[at:]))])


def _spots(sentence: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Return where the words stand as whole words, longest first where they overlap.

    Slack takes `*` for bold only at the edge of a word; elsewhere it would show the asterisk.
    """
    found: list[tuple[int, int]] = []
    for word in sorted((w for w in words if w), key=lambda w: (-len(w), w))[:30]:
        start = sentence.find(word)
        while start >= 0 and len(found) < 40:
            end = start + len(word)
            alone = not (sentence[start - 1 : start].isalnum() or sentence[end : end + 1].isalnum())
            if alone and all(end < s or start > e for s, e in found):
                found.append((start, end))
            start = sentence.find(word, end)
    return sorted(found)


def _list_line(alert: Alert) -> _Line:
    article = alert.article
    title = cut(clean(article.title or article.url or "(no title)"), _LIST_TITLE_ROOM)
    head = f"{LEVEL_SIGNS[alert.level]} {plain(subject(alert), 120)}"
    tail = (
        f" — {plain(step_words(alert), 120)} · {plain(alert.source, 80)} · rule {plain(alert.match.rule, 80)}"
    )
    url = safe_url(article.url)
    address = f" <{escaped(url)}>" if url and units(escaped(url)) <= _LIST_LINK_ROOM else ""
    markup = link(article.url, title, _LIST_LINK_ROOM + _LIST_TITLE_ROOM) if address else plain(title, 900)
    return _Line(f"{head} {markup}{tail}", f"{head} {plain(title, 900)}{address}{tail}")


def _listed(title: str, lines: Sequence[_Line]) -> Message:
    return Message(
        text="\n".join([title, *(line.text for line in lines)]),
        blocks=(blocks.section(f"*{title}*"), *blocks.sections_of(line.markup for line in lines)),
    )


def _one_section(*lines: str) -> Message:
    text = "\n".join(lines)
    return Message(text=text, blocks=(blocks.section(text),))


def _fitting(lines: Sequence[str], *, room: int = blocks.SECTION_ROOM - 40) -> list[str]:
    """Return the lines that fit into a section and the text's room; what is dropped is said."""
    kept: list[str] = []
    for index, line in enumerate(lines):
        room -= units(line) + 1
        if room < 0:
            return [*kept, f"… and {len(lines) - index} more"]
        kept.append(line)
    return kept


def _capped(title: str) -> str:
    return cut(clean(title), TITLE_ROOM)
