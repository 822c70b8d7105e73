"""What a terminal shows: what Slack would, and nothing that moves the cursor."""

from __future__ import annotations

import io
import re

from bot.alerts.console import ConsolePort, show
from bot.alerts.message import alert_message, plain_message
from storage.records import Message
from tests.unit.alerts.making import alert


class Tty(io.StringIO):
    """A terminal, as far as anybody asks."""

    def isatty(self) -> bool:
        return True


def shown(message: Message, out: io.StringIO, *, inset: bool = False) -> str:
    show(message, out, inset=inset)
    return out.getvalue()


def test_plain_lines_read_as_the_message_does() -> None:
    """No mrkdwn marks, no entities, the address beside its title."""
    text = shown(alert_message(alert(title="A & B <c>")), io.StringIO())
    assert "CMA · Microsoft/OpenAI · investigation opened (High)" in text
    assert "A & B <c> <https://www.gov.uk/cma-cases/" in text
    assert "&amp;" not in text
    assert "*" not in text


def test_a_terminal_gets_a_panel_with_bold_words() -> None:
    """As Slack would show it."""
    text = shown(alert_message(alert()), Tty())
    bare = re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", text)
    assert "phase 1 investigation" in bare
    assert "╭" in bare


def test_hostile_text_moves_nothing() -> None:
    """Escape sequences of a feed lose their escape, on a terminal and off it; rich's markup is text."""
    message = alert_message(alert(title="\x1b[2J\x9b31m [bold red]x[/] \u202e", sentence="\x1b]0;t\x07 fine"))
    assert "\x1b" not in shown(message, io.StringIO())
    assert "\x1b[2J" not in shown(message, Tty())
    assert "[bold red]x[/]" in shown(message, Tty())


def test_a_reply_is_set_in() -> None:
    """A thread is seen as one."""
    assert "    │ hello" in shown(plain_message("hello"), io.StringIO(), inset=True)


def test_a_closed_terminal_is_not_sent() -> None:
    """A broken pipe loses nothing: the delivery waits."""
    from bot.alerts.port import NotSent
    from tests.unit.alerts.test_slack import row

    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError(32, "closed")

    assert ConsolePort(Closed()).send(row(to="terminal"), plain_message("x"), None) == NotSent(
        code="BrokenPipeError"
    )
