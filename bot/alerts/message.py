"""Alerts put into Slack's blocks, with a fallback text that says as much. Contains no I/O.

Every text from a feed passes `bot.alerts.escape`; every message stays within `bot.alerts.blocks`' room.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.alerts import blocks
from bot.alerts.alert import Alert, AlertReason, shown
from bot.alerts.escape import clean, cut, escaped, link, neutral, plain, safe_url, units
from bot.alerts.lines import ListLine, list_messages
from bot.alerts.wording import (
    LEVEL_SIGNS,
    LEVEL_WORDS,
    REASON_WORDS,
    TIER_WORDS,
    amounts_words,
    dated_words,
    deadline_words,
    moment,
    names,
    related_words,
    state_words,
    step_words,
    subject,
    subject_of,
    trust_words,
)
from storage.records import Deadline, Message, Showing

TITLE_ROOM = 300
LINK_ROOM = 2_400  # the longest address that is linked, and a title
QUOTE_ROOM = 600
PLAIN_ROOM = 2_000  # what is sent after Slack refused the message itself
_LIST_TITLE_ROOM = 180
_LIST_LINK_ROOM = 1_400
_ALSO_ROOM = 500
_COMMAND = re.compile(
    r"\u02cb(regwatch(?: [\w.:/=+-]+){0,8})\u02cb"
)  # a backtick's look-alike on either side


def alert_message(alert: Alert) -> Message:
    """Return the message of a post or a reply: what happened, with the evidence."""
    # The rule's title may stand for both whom it is about and what happened: then it is said once.
    parts = dict.fromkeys((plain(subject(alert), 150), plain(step_words(alert), 150)))
    return _message(alert, shown(alert), " · ".join(parts), parent=False)


def parent_message(alert: Alert) -> Message:
    """Return the parent of a matter's thread: where the matter stands now, and the article that proved it."""
    matter = alert.matter
    if matter is None:
        return alert_message(alert)
    headline = f"{plain(subject_of(matter), 150)} · {plain(state_words(matter), 150)}"
    return _message(alert, matter.showing or shown(alert), headline, parent=True)


def roll_up_messages(alerts: Sequence[Alert], *, heading: str = "") -> tuple[Message, ...]:
    """Return as few messages as hold every alert's title and link, the loudest first."""
    ordered = sorted(alerts, key=lambda alert: -alert.level.rank)
    return list_messages([_list_line(alert) for alert in ordered], heading=heading)


def baseline_message(*, feed: str, articles: int, hits: int) -> Message:
    """Return the one line that sums up a feed's first poll."""
    return _one_section(
        f"*{plain(feed, 200)}* is watched from now on: {articles} articles read, {hits} hits kept, none posted.",
        "See them with `regwatch hits`.",
    )


def plain_message(text: str, *, room: int = PLAIN_ROOM) -> Message:
    """Return a message without blocks; the text's lines stay lines, what does not fit is cut and said."""
    lines = [_own(line) for line in text.splitlines() if line.strip()]
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
    lines = [_own(line) for line in text.splitlines() if line.strip()]
    body = [f"• {plain(detail, 400)}" for detail in details]
    shown = [f"*regwatch:* {lines[0] if lines else '(empty)'}", *lines[1:], *body]
    return _one_section(*_fitting(shown))


def _message(alert: Alert, showing: Showing, headline: str, *, parent: bool) -> Message:
    """Return the message: authority and step, link, where it stands, parties and sums, proof, source, times, rule."""
    sign, level = LEVEL_SIGNS[showing.level], LEVEL_WORDS[showing.level]
    title = showing.title or showing.url or "(no title)"
    lead = [f"{sign} *{headline}* ({level})", f"*{link(showing.url, _capped(title), LINK_ROOM)}*"]
    quote = _quote(showing)
    facts = [
        line for line in (_state(alert) if parent else "", _facts(alert, showing, parent=parent)) if line
    ]
    standing = _standing(alert, showing, parent=parent)
    print_line = plain(_small_print(showing), blocks.CONTEXT_ROOM)
    sections: list[blocks.Block] = [blocks.section("\n".join(lead)), *blocks.sections_of(facts)]
    if quote:
        sections.append(blocks.section(f"> {quote}"))
    sections.extend(blocks.sections_of(standing))
    sections.append(blocks.context(print_line))
    url = safe_url(showing.url)
    text = [
        f"{sign} {headline} ({level})",
        plain(_capped(title), TITLE_ROOM * 2),
        f"<{escaped(url)}>" if url and units(escaped(url)) < _LIST_LINK_ROOM else "",
        *facts,
        f"> {quote}" if quote else "",
        *standing,
        print_line,
    ]
    return Message(text="\n".join(_fitting([line for line in text if line])), blocks=tuple(sections))


def _state(alert: Alert) -> str:
    """Return where the matter stands and what is awaited; nothing of a deal that no authority looks at."""
    matter = alert.matter
    if matter is None or not (matter.authority or matter.deadline):
        return ""
    deadline = _next_deadline(alert)
    until = f" · *Next deadline:* {plain(deadline_words(deadline), 120)}" if deadline else ""
    return f"*Stage:* {plain(state_words(matter), 150)}{until}"


def _facts(alert: Alert, showing: Showing, *, parent: bool) -> str:
    matter = alert.matter
    parties = matter.tie if matter and matter.tie else alert.facts.companies
    own = () if parent and matter else alert.facts.cases
    cases = tuple(dict.fromkeys((*(matter.cases if matter else ()), *own)))
    deadline = None if parent else _next_deadline(alert)
    pairs = [
        ("Parties", names(parties, most=6)),
        ("Amount", amounts_words(showing.amounts, showing.more_amounts)),
        ("Form", showing.form.replace("-", " ")),
        ("Theory", ", ".join(theory.replace("-", " ") for theory in showing.theories)),
        ("Case", ", ".join(case.removeprefix("gov.uk:") for case in cases[:4])),
        ("Deadline", deadline_words(deadline) if deadline else ""),
    ]
    return " · ".join(f"*{name}:* {plain(value, 300)}" for name, value in pairs if value)


def _standing(alert: Alert, showing: Showing, *, parent: bool) -> list[str]:
    """Return who vouches for it, who else carries it, and what it hangs together with."""
    parts = [plain(trust_words(alert, showing), 200), _also(alert) if parent else ""]
    related = related_words(alert)
    lines = [" · ".join(part for part in parts if part), plain(related, 500)]
    return [line for line in lines if line]


def _also(alert: Alert) -> str:
    """Return how many further sources carry the step, with the names and links of the first."""
    matter = alert.matter
    named = matter.also if matter else ()
    more = max((matter.sources if matter else alert.sources) - 1, len(named))
    if not more:
        return ""
    shown = ", ".join(link(one.url, cut(clean(one.source), 60), _ALSO_ROOM) for one in named)
    rest = f" and {more - len(named)} more" if named and more > len(named) else ""
    return f"also in {more} source{'s' if more > 1 else ''}" + (f": {shown}{rest}" if shown else "")


def _small_print(showing: Showing) -> str:
    why = REASON_WORDS.get(AlertReason(showing.reason), "")
    return " · ".join(
        part
        for part in (
            f"{clean(showing.source)[:120]} ({TIER_WORDS[showing.tier]})",
            dated_words(showing),
            f"seen {moment(showing.seen_at)}",
            f"rule {showing.rule}",
            f"why: {why}" if why else "",
        )
        if part
    )


def _next_deadline(alert: Alert) -> Deadline | None:
    """Return the matter's deadline, or of a hit without a matter the article's first, that has not passed."""
    if alert.matter is not None:
        own = alert.matter.deadline
        return own if own and own.on >= alert.seen_at.date() else None
    ahead = [d for d in alert.facts.deadlines if d.on >= alert.seen_at.date()]
    return min(ahead, key=lambda d: d.on, default=None)


def _quote(showing: Showing) -> str:
    """Return the proving sentence as mrkdwn, its matched words in bold; nothing when the title says it."""
    sentence = clean(showing.quote)
    if not sentence or sentence == clean(showing.title):
        return ""
    sentence = cut(sentence, QUOTE_ROOM)
    words = {clean(word) for word in showing.words}
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


def _list_line(alert: Alert) -> ListLine:
    article = alert.article
    title = cut(clean(article.title or article.url or "(no title)"), _LIST_TITLE_ROOM)
    head = f"{LEVEL_SIGNS[alert.level]} {plain(subject(alert), 120)}"
    tail = (
        f" — {plain(step_words(alert), 120)} · {plain(alert.source, 80)} · rule {plain(alert.match.rule, 80)}"
    )
    url = safe_url(article.url)
    address = f" <{escaped(url)}>" if url and units(escaped(url)) <= _LIST_LINK_ROOM else ""
    markup = link(article.url, title, _LIST_LINK_ROOM + _LIST_TITLE_ROOM) if address else plain(title, 900)
    return ListLine(f"{head} {markup}{tail}", f"{head} {plain(title, 900)}{address}{tail}")


def _own(line: str) -> str:
    """Return a line of our own words, which may quote a feed: inert, but our commands are shown as code."""
    return _COMMAND.sub(r"`\1`", plain(line, 800))


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
