"""The terminal as a way out: messages drawn as Slack would show them, or as plain lines where nobody looks.

Text from feeds cannot move the cursor, change colours or forge lines: control and direction characters never pass.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

from bot.alerts.blocks import texts_of
from bot.alerts.escape import clean
from bot.alerts.port import CannotLook, NotSent, Outcome, Posted, Refused, Sighting
from bot.terminal import may_paint
from storage.records import Delivery, Message, MessageRef
from storage.words import DeliveryAction

if TYPE_CHECKING:
    from rich.text import Text

_LINK = re.compile(r"<(https?://[^|>]+)(?:\|([^>]*))?>")
_BOLD = re.compile(r"\*([^*\n]+)\*")
_WIDTH = 100


class ConsolePort:
    """Prints. Replies are set in under a rule, edits say that they are edits."""

    remembers = False

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def send(self, delivery: Delivery, message: Message, parent: MessageRef | None) -> Outcome:
        """Print; a closed pipe counts as not sent."""
        ref = MessageRef(channel_id="terminal", ts=str(delivery.id))
        inset = delivery.action in (DeliveryAction.REPLY, DeliveryAction.QUIET_REPLY) and parent is not None
        note = "edited" if delivery.action is DeliveryAction.UPDATE else ""
        try:
            show(message, self._out, inset=inset, note=note)
        except OSError as error:
            return NotSent(code=type(error).__name__)
        return Posted(ref=ref)

    def find(self, delivery: Delivery, parent: MessageRef | None) -> Sighting:  # noqa: ARG002
        """Never: nobody knows what a terminal showed."""
        return CannotLook(code="terminal")

    def probe(self) -> Refused | None:
        """A terminal asks for no token."""
        return None

    def lane(self, destination: str) -> str:
        """Return nothing: a terminal needs no pacing."""
        return "" if destination == "terminal" else destination


def show(message: Message, out: TextIO, *, inset: bool = False, note: str = "") -> None:
    """Draw a message: with rich on a terminal, as plain lines elsewhere."""
    if may_paint(out):
        _draw(message, out, inset=inset, note=note)
        return
    lines = [line for part in parts_of(message) for line in plain_lines(part)]
    if note and lines:
        lines[0] = f"({note}) {lines[0]}"
    indent = "    │ " if inset else "  "
    for line in lines:
        wrapped = textwrap.wrap(line, _WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
        out.writelines(f"{indent}{piece}\n" for piece in wrapped)
    out.write("\n")
    out.flush()


def parts_of(message: Message) -> tuple[str, ...]:
    """Return the message's texts in mrkdwn, in the order shown; the fallback text where there are no blocks."""
    shown = tuple(
        text for block in message.blocks if block.get("type") != "actions" for text in texts_of(block) if text
    )
    return shown or (message.text,)


def plain_lines(mrkdwn: str) -> list[str]:
    """Return mrkdwn as safe plain lines: links as `label <address>`, marks off, entities read."""
    lines = []
    for line in mrkdwn.split("\n"):
        linked = _LINK.sub(lambda m: f"{m[2]} &lt;{m[1]}&gt;" if m[2] else f"&lt;{m[1]}&gt;", line)
        lines.append(clean(html.unescape(_BOLD.sub(r"\1", linked))))
    return lines


def _draw(message: Message, out: TextIO, *, inset: bool, note: str) -> None:
    from rich import box
    from rich.console import Console, Group
    from rich.padding import Padding
    from rich.panel import Panel

    small = {
        id(text) for block in message.blocks if block.get("type") == "context" for text in texts_of(block)
    }
    shown = [_styled(line, dim=id(part) in small) for part in parts_of(message) for line in part.split("\n")]
    console = Console(file=out)
    width = min(_WIDTH, console.width - (4 if inset else 0))
    panel = Panel(
        Group(*shown), box=box.ROUNDED, width=width, title=note or None, border_style=_border(message)
    )
    console.print(Padding(panel, (0, 0, 0, 4 if inset else 0)))


def _border(message: Message) -> str:
    colours: Mapping[str, str] = {"🔴": "red", "🟠": "dark_orange", "🟡": "yellow"}
    return colours.get(message.text[:1], "bright_black")


def _styled(mrkdwn: str, *, dim: bool) -> Text:
    """Return a line with bold and links as the terminal shows them; the text itself is inert."""
    from rich.style import Style
    from rich.text import Text

    quoted = mrkdwn.startswith("> ")
    line = Text("▏ " if quoted else "", style="dim" if dim else "")
    for piece in re.split(r"(\*?<https?://[^>]+>\*?|\*[^*\n]+\*)", mrkdwn[2:] if quoted else mrkdwn):
        if found := _LINK.search(piece):
            url = clean(html.unescape(found[1]))
            line.append(
                clean(html.unescape(found[2] or found[1])), Style(bold=True, underline=True, link=url)
            )
        elif bold := _BOLD.fullmatch(piece):
            line.append(_inert(bold[1]), "bold")
        else:
            line.append(_inert(piece))
    return line


def _inert(text: str) -> str:
    """Return safe text that keeps a blank at either end."""
    inner = clean(html.unescape(text))
    if not inner:
        return " " if text else ""
    return f"{' ' if text[:1] == ' ' else ''}{inner}{' ' if text[-1:] == ' ' else ''}"
