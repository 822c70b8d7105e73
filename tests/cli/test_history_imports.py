"""Questions to the past start without what they do not need."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.unit.history.fill import KEY, filled

SCRIPT = """
import sys
from bot.cli.main import main
code = main(sys.argv[1:])
heavy = {"httpx", "feedparser", "slack_sdk", "apscheduler", "sqlalchemy", "sqlmodel", "rich"} & set(sys.modules)
sys.exit(f"loaded {sorted(heavy)}" if heavy else code)
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(filled(tmp_path_factory.mktemp("past")))


@pytest.mark.parametrize(
    "words",
    [
        ("matters",),
        ("matters", "show", KEY),
        ("why", "https://news.example/rumour"),
        ("coverage",),
        ("silence", "list"),
        ("silence", "report"),
        ("digest",),
    ],
    ids=" ".join,
)
def test_a_reading_command_loads_nothing_heavy(settings: str, words: tuple[str, ...]) -> None:
    """No network, no feed parser, no Slack, no scheduler, no SQLAlchemy; rich only on a terminal."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *words, "--config", settings],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
