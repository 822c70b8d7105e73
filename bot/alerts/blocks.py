"""Slack's blocks, built within their limits with room to spare. Contains no I/O.

Slack refuses a section over 3,000 characters, more than 50 blocks, and (undocumented) about 13,000 characters of
blocks in all; texts over 4,000 may be split into several messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.alerts.escape import units

SECTION_ROOM = 2_900
BLOCKS_ROOM = 11_000
MAX_BLOCKS = 45
TEXT_ROOM = 3_500
CONTEXT_ROOM = 1_900

ACKNOWLEDGE = "regwatch_ack"
NOT_RELEVANT = "regwatch_not_relevant"
MUTE_MATTER = "regwatch_mute_7d"
WHY = "regwatch_why"
BUTTONS = (
    (ACKNOWLEDGE, "Acknowledge"),
    (NOT_RELEVANT, "Not relevant"),
    (MUTE_MATTER, "Mute matter 7 days"),
    (WHY, "Why?"),
)
MAX_VALUE = 255

Block = Mapping[str, object]


def section(text: str) -> Block:
    """Return a section of mrkdwn, already escaped; `verbatim` keeps Slack from finding links in it by itself."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def context(text: str) -> Block:
    """Return a line of small print, already escaped."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def divider() -> Block:
    """Return a rule between two parts."""
    return {"type": "divider"}


def buttons(value: str, *, matter: bool) -> Block:
    """Return the row of buttons; `value` is all that a click sends back, and is checked then as any input."""
    shown = [(action, label) for action, label in BUTTONS if matter or action != MUTE_MATTER]
    elements = [
        {
            "type": "button",
            "action_id": action,
            "text": {"type": "plain_text", "text": label, "emoji": False},
            "value": value[:MAX_VALUE],
        }
        for action, label in shown
    ]
    return {"type": "actions", "elements": elements}


def sections_of(lines: Iterable[str]) -> tuple[Block, ...]:
    """Pack lines, each at most `SECTION_ROOM` units, into as few sections as hold them."""
    packed: list[str] = []
    for line in lines:
        if packed and units(packed[-1]) + 1 + units(line) <= SECTION_ROOM:
            packed[-1] += "\n" + line
        else:
            packed.append(line)
    return tuple(section(text) for text in packed)


def size(blocks: Sequence[Block]) -> int:
    """Return the units of all texts in the blocks."""
    return sum(units(text) for block in blocks for text in texts_of(block))


def texts_of(block: Block) -> tuple[str, ...]:
    """Return the texts of one block, in the order in which they are shown."""
    found: list[str] = []
    text = block.get("text")
    if isinstance(text, Mapping):
        found.append(str(text.get("text", "")))
    elements = block.get("elements")
    if isinstance(elements, Sequence) and not isinstance(elements, str):
        for element in elements:
            inner = element.get("text") if isinstance(element, Mapping) else None
            found.append(str(inner.get("text", "")) if isinstance(inner, Mapping) else str(inner or ""))
    return tuple(found)
