"""Makes the pictures of docs/ out of the demo: alerts and a matter as a terminal shows them, and the HTML report.

Run it anywhere: `.venv/bin/python docs/make_pictures.py`. Needs no network; the report's picture needs Chromium and is
left out where there is none.
"""
# ruff: noqa: INP001, S603 - a script of the docs folder; it runs the browser alone

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from rich._export_format import CONSOLE_SVG_FORMAT  # noqa: E402 - after the path
from rich.console import Console  # noqa: E402
from rich.text import Text  # noqa: E402

from bot.alerts.console import show  # noqa: E402
from bot.cli.main import main as regwatch  # noqa: E402
from storage.reader import open_reader  # noqa: E402
from storage.records import Delivery  # noqa: E402
from storage.words import DeliveryAction, DeliveryState  # noqa: E402

MATTER, OTHER = "cma:amazon+openai", "ec:microsoft+openai"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
# Rich asks a web site for its font; a page about not leaking what one reads should not.
SVG_FORMAT = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
    "font-family: Fira Code, monospace",
    "font-family: Fira Code, DejaVu Sans Mono, Menlo, Consolas, monospace",
)


class Screen(io.StringIO):
    """A terminal that keeps what it is shown."""

    def isatty(self) -> bool:
        """Say yes, so that colours come."""
        return True


def draw(ansi: str, title: str, target: Path) -> None:
    """Write a terminal's text as an SVG that loads nothing from elsewhere."""
    console = Console(
        record=True, width=104, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    console.print(Text.from_ansi(ansi.rstrip("\n")))
    svg = console.export_svg(title=title, code_format=SVG_FORMAT, unique_id="regwatch")
    target.write_text("\n".join(line.rstrip() for line in svg.splitlines()) + "\n", encoding="utf-8")
    sys.stdout.write(f"{target.name}\n")


def alerts(database: Path) -> str:
    """Return the demo's most telling alerts: a new matter, the step that ended it, another authority's case."""
    with open_reader(database) as reader:
        sent = sorted(reader.deliveries(states=(DeliveryState.SENT,), limit=1000), key=lambda one: one.id)
    first = _of(sent, MATTER, DeliveryAction.POST)[0]
    step = _of(sent, MATTER, DeliveryAction.REPLY)[-1]
    other = _of(sent, OTHER, DeliveryAction.POST)[0]
    screen = Screen()
    for one in (first, step, other):
        show(one.message, screen, inset=one is step)
    return screen.getvalue()


def _of(sent: list[Delivery], matter: str, action: DeliveryAction) -> list[Delivery]:
    return [one for one in sent if one.matter == matter and one.action is action]


def shown(*words: str) -> str:
    """Return what a command writes on a terminal."""
    screen = Screen()
    with contextlib.redirect_stdout(screen):
        regwatch(words)
    return screen.getvalue()


def photograph(page: Path, target: Path) -> None:
    """Let a browser without a window take the page's picture, where there is one."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.stdout.write(f"{target.name} left out: there is no Chromium here\n")
        return
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1000,1500"]
    subprocess.run([browser, *options, f"--screenshot={target}", page.as_uri()], check=True, timeout=60)
    sys.stdout.write(f"{target.name}\n")


def main() -> None:
    """Make all of them."""
    os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", COLUMNS="104")
    os.environ.pop("NO_COLOR", None)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder).resolve()
        with contextlib.redirect_stdout(io.StringIO()):
            regwatch(["demo", "--keep", str(home)])
        config = ("--config", str(home / "regwatch.yaml"))
        draw(alerts(home / "regwatch.db"), "regwatch: what the channel is told", HERE / "alert.svg")
        draw(
            shown("matters", "show", MATTER, *config), f"regwatch matters show {MATTER}", HERE / "matter.svg"
        )
        page = home / "report.html"
        shown("report", "-o", str(page), *config)
        photograph(page, HERE / "report.png")


if __name__ == "__main__":
    main()
