"""`regwatch demo`: the whole bot on recorded feeds, as a newcomer runs it; once for all tests here."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
from pathlib import Path

import pytest

from bot.cli.main import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture(name="demo", scope="module")
def _demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Give the demo's folder and what it printed."""
    home = tmp_path_factory.mktemp("demo") / "kept"
    with pytest.MonkeyPatch.context() as patch:
        # Not even a token in the environment may lead the demo to Slack.
        patch.setenv("SLACK_BOT_TOKEN", "xoxb-" + "1-none")
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            assert main(["demo", "--keep", str(home)]) == 0
    return home, out.getvalue()


def hits(home: Path, capsys: Capture, *words: str) -> list[dict[str, object]]:
    capsys.readouterr()
    assert main(["hits", "--config", str(home / "regwatch.yaml"), "--format", "json", *words]) == 0
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


def test_it_tells_steps_of_all_three_authorities(demo: tuple[Path, str]) -> None:
    for authority in ("CMA", "FTC", "European Commission"):
        assert re.search(rf"^  (\(edited\) )?. {authority} · ", demo[1], re.MULTILINE)


def test_a_step_comes_as_a_reply_in_its_matters_thread(demo: tuple[Path, str]) -> None:
    assert re.search(r"^    │ . CMA · Amazon/OpenAI · ", demo[1], re.MULTILINE)


def test_the_first_poll_posts_one_line_alone(demo: tuple[Path, str]) -> None:
    first = demo[1].partition("Poll 2.")[0]
    assert "recorded, not posted" in first
    assert "Stage:" not in first


def test_the_french_story_is_told_with_its_sum_and_its_authorities(
    demo: tuple[Path, str], capsys: Capture
) -> None:
    found = hits(demo[0], capsys, "jusqu", "--language", "fr")
    assert {"ftc", "cma", "ec"} <= set(found[0]["regulators"])  # type: ignore[call-overload] # a list, as JSON says
    assert {"value": 50_000_000_000, "currency": "USD", "kind": "investment", "upto": True} in found[0][
        "amounts"
    ]  # type: ignore[operator]
    assert "50 milliards" in demo[1]


def test_noise_is_not_told(demo: tuple[Path, str]) -> None:
    """Awards in Nashville and rain forests are no antitrust signals."""
    assert "Nashville" not in demo[1]
    assert "rain" not in demo[1].casefold().replace("constrain", "")


def test_hostile_feeds_are_refused_and_the_rest_goes_on(demo: tuple[Path, str]) -> None:
    assert "bomb (too-large)" in demo[1]
    assert "inward (refused-address)" in demo[1]
    assert "\x1b" not in demo[1]
    assert "<!channel>" not in demo[1]


def test_the_commands_that_it_names_work(demo: tuple[Path, str], capsys: Capture) -> None:
    named = re.findall(r"^  regwatch (.*)$", demo[1].partition("Try on what it recorded:")[2], re.MULTILINE)
    assert len(named) >= 3
    for words in named:
        capsys.readouterr()
        assert main(shlex.split(words)) == 0
        assert capsys.readouterr().out


def test_a_file_in_the_way_is_bad_usage(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "file").touch()
    assert main(["demo", "--keep", str(tmp_path / "file")]) == 2
    assert "name a folder" in capsys.readouterr().err
