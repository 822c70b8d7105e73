"""`regwatch init`: writes what is needed to start, and never overwrites."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.main import main
from bot.config_file import load_settings
from bot.matching.rule_file import load_rules

Capture = pytest.CaptureFixture[str]


def test_the_settings_and_rules_that_are_written_can_be_used(tmp_path: Path, capsys: Capture) -> None:
    assert main(["init", str(tmp_path / "new")]) == 0
    settings = load_settings(tmp_path / "new/regwatch.yaml", {})
    assert settings.rules == tmp_path / "new/rules"
    assert load_rules(tmp_path / "new/rules").rules


def test_what_is_there_stays(tmp_path: Path, capsys: Capture) -> None:
    main(["init", str(tmp_path)])
    (tmp_path / "rules/cma.yaml").write_text("# mine\n", encoding="utf-8")
    assert main(["init", str(tmp_path)]) == 0
    assert (tmp_path / "rules/cma.yaml").read_text(encoding="utf-8") == "# mine\n"
    assert "kept     " in capsys.readouterr().out


def test_it_says_what_to_do_next(tmp_path: Path, capsys: Capture) -> None:
    main(["init", str(tmp_path)])
    assert "regwatch run --once" in capsys.readouterr().out


def test_a_file_in_the_way_is_bad_usage(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "file").touch()
    assert main(["init", str(tmp_path / "file")]) == 2
    assert "is a file; name a folder" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_a_failure(capsys: Capture) -> None:
    assert main(["init", "/proc/nowhere"]) == 1
    assert "cannot write to /proc/nowhere" in capsys.readouterr().err
