"""The rules and feeds in force: which sets are refused as a whole."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import InvalidFiles
from bot.rulebook import load_book

RULES = Path(__file__).resolve().parents[2] / "rules"
NOW = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULES, tmp_path / "rules"))


def test_a_feed_of_an_authority_that_nobody_knows_is_refused(rules: Path) -> None:
    """Its own acts would count as the press's."""
    file = rules / "feeds.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("authority: ftc", "authority: ftcc", 1), encoding="utf-8"
    )
    with pytest.raises(InvalidFiles, match=r'unknown authority "ftcc".*did you mean "ftc"'):
        load_book(rules, NOW)


def test_a_set_without_a_live_rule_is_refused(rules: Path) -> None:
    """Emptied files leave a bot that looks well and finds nothing."""
    for name in ("ftc", "cma", "ec", "deals", "other-authorities"):
        (rules / f"{name}.yaml").write_text("", encoding="utf-8")
    with pytest.raises(InvalidFiles, match="no rule is live"):
        load_book(rules, NOW)
