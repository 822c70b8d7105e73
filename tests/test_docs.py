"""The pages say what the program does: every command, flag, setting, variable and exit code; every command shown parses."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import bot
from bot.alerts.alert import AlertReason
from bot.alerts.wording import step_words
from bot.cli.main import COMMANDS, _parser
from bot.config_file import KEYS, ROUTE_KEYS
from bot.feeds.outcome import FailureKind
from bot.secrets import NAMES
from tests.unit.alerts.making import alert

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    ROOT / "README.md",
    ROOT / "deploy/README.md",
    ROOT / "rules/README.md",
    *sorted(ROOT.glob("docs/*.md")),
]
SETTINGS = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
TROUBLE = (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8")


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / f"docs/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


COMMANDS_PAGE = _script("make_commands")
PARSERS: dict[str, argparse.ArgumentParser] = dict(COMMANDS_PAGE.parsers())
SECTIONS: dict[str, str] = {
    found[1]: found[2]
    for found in re.finditer(
        r"^##+ regwatch ([a-z -]+)\n(.*?)(?=^##+ regwatch |\Z)",
        (ROOT / "docs/commands.md").read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
}


def shown_commands() -> Iterator[tuple[str, str]]:
    """Yield every `regwatch …` line of a code block or code span, with the page that shows it."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        blocks = re.findall(r"^(?: {4}|\$ ).*$", text, re.MULTILINE) + re.findall(r"`([^`\n]+)`", text)
        for line in blocks:
            for part in re.split(r"&&|\|\||;| \| ", line.strip().removeprefix("$ ")):
                words = part.split("  ")[0].strip()
                found = re.match(r"(?:sudo )?(?:\S*/)?regwatch (\S.*)", words)
                if found and found[1].split()[0] in COMMANDS:
                    yield page.name, found[1].split(" > ")[0].split(" #")[0].strip()


# What stands for a value in a page: numbers where the parser wants them.
STAND_INS = {"N": "3", "ID": "1", "…": "x", "HIT_ID": "1"}


def without_stand_ins(words: str) -> list[str]:
    return [STAND_INS.get(word, word.rstrip(".,:")) for word in shlex.split(words)]


def _accepts(words: list[str]) -> str:
    """Return what the parser complains of, or nothing."""
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
        try:
            _parser(words).parse_args(words)
        except SystemExit as stop:
            return errors.getvalue() if stop.code else ""
    return ""


def test_every_command_has_its_section() -> None:
    """docs/commands.md has one section for each command and sub-command, and no other."""
    assert set(SECTIONS) == set(PARSERS), "run: .venv/bin/python docs/make_commands.py"


@pytest.mark.parametrize("command", sorted(PARSERS))
def test_every_flag_is_in_its_commands_section(command: str) -> None:
    """A flag that is added or renamed is documented (run docs/make_commands.py)."""
    rows = [row for row in COMMANDS_PAGE.flags(PARSERS[command]) if not row[0].startswith("--config")]
    missing = [
        flag for flag, _ in rows if f"| `{flag.replace('|', chr(92) + '|')}` |" not in SECTIONS[command]
    ]
    assert not missing, "run: .venv/bin/python docs/make_commands.py"


@pytest.mark.parametrize("command", sorted(PARSERS))
def test_every_argument_says_what_it_is_for(command: str) -> None:
    """No flag is without help."""
    assert all(what for _, what in COMMANDS_PAGE.flags(PARSERS[command]))


def _examples() -> Iterator[tuple[str, str]]:
    for command, parser in PARSERS.items():
        for line in (parser.epilog or "").splitlines():
            part = re.split(r" {2,}| > | \| | \|\| |&&", line.strip())[0]
            if part.startswith("regwatch "):
                yield command, part.removeprefix("regwatch ")


@pytest.mark.parametrize(("command", "example"), sorted(set(_examples())))
def test_every_example_of_help_parses(command: str, example: str) -> None:
    """What `--help` shows can be typed."""
    assert not _accepts(without_stand_ins(example)), command


@pytest.mark.parametrize(("page", "words"), sorted(set(shown_commands())))
def test_every_command_shown_in_a_page_parses(page: str, words: str) -> None:
    """What a page shows can be typed; a bare group such as `regwatch rules` shows its help."""
    typed = without_stand_ins(words)
    assert not _accepts(typed) or " ".join(typed) in PARSERS, f"{page}: regwatch {words}"


def test_the_pages_show_commands_at_all() -> None:
    """The search above finds what it looks for."""
    assert len(list(shown_commands())) > 60


@pytest.mark.parametrize(
    "key",
    [f"{section}.{key}" for section, keys in KEYS.items() if section for key in keys] + ["database", "rules"],
)
def test_every_setting_is_documented_with_its_variable(key: str) -> None:
    """docs/settings.md has a row for each key, with the variable of the same meaning."""
    variable = "REGWATCH_" + key.replace(".", "__").upper()
    assert re.search(rf"^\| `{re.escape(key)}` \|[^|]+\| `{variable}` \|", SETTINGS, re.MULTILINE)


def test_no_setting_is_documented_that_does_not_exist() -> None:
    """A removed key leaves the page too."""
    known = {f"{section}.{key}" for section, keys in KEYS.items() if section for key in keys}
    shown = set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", SETTINGS, re.MULTILINE))
    assert shown == known


@pytest.mark.parametrize("key", ROUTE_KEYS)
def test_every_key_of_a_route_is_documented(key: str) -> None:
    """docs/settings.md names each."""
    assert (
        f"`{key}`" in SETTINGS.partition("## Routes")[2] or f"`{key}: " in SETTINGS.partition("## Routes")[2]
    )


@pytest.mark.parametrize("name", [*NAMES, "REGWATCH_CONFIG", "REGWATCH_DEBUG", "NO_COLOR"])
def test_every_variable_is_documented(name: str) -> None:
    """Secrets, with the `_FILE` of each, and the rest."""
    assert f"`{name}`" in SETTINGS
    assert name not in NAMES or f"`{name}_FILE`" in SETTINGS


@pytest.mark.parametrize("kind", list(FailureKind), ids=lambda kind: kind.value)
def test_every_failure_of_a_feed_is_explained(kind: FailureKind) -> None:
    """docs/troubleshooting.md says what to do about each."""
    assert f"`{kind.value}`" in TROUBLE


@pytest.mark.parametrize("code", [0, 1, 2, 70, 130])
def test_every_exit_code_is_documented(code: int) -> None:
    """docs/commands.md has a table of them."""
    assert f"| {code} |" in (ROOT / "docs/commands.md").read_text(encoding="utf-8")


def test_the_newest_version_of_the_changelog_is_this_one() -> None:
    """A release cannot forget its notes."""
    found = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    assert found[1] == bot.__version__


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    """Relative links of the pages exist in the checkout."""
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if ":" not in link and not (page.parent / link).exists()]
    assert not missing


# Pieces, so that this file does not name what it looks for.
FORBIDDEN = ("pypi" + ".org", "python" + "hosted", "npmjs" + ".com", "registry." + "npm", "crates" + ".io", "proxy.golang" + ".org",
             "/wo" + "rk/", "/ro" + "ot/", "file:" + "///home")  # fmt: skip


def test_no_committed_text_names_a_registry_or_a_path_of_a_machine() -> None:
    """A checkout works anywhere and asks nobody in particular."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    found = []
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / name
        if path.is_file() and path.suffix not in {".png", ".gz", ".zip", ".db"}:
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [f"{name}: {word}" for word in FORBIDDEN if word in text]
    assert not found


@pytest.mark.parametrize(
    "reason",
    [
        AlertReason.OPENED,
        AlertReason.ADVANCED,
        AlertReason.OFFICIAL_ACT,
        AlertReason.EDITED,
        AlertReason.CONFIRMED,
        AlertReason.REOPENED,
        AlertReason.NEW_TERMS,
        AlertReason.REMINDER,
    ],
)
def test_the_page_on_alerts_quotes_the_words_of_each_reason(reason: AlertReason) -> None:
    """docs/alerts.md shows what a reader will see."""
    page = (ROOT / "docs/alerts.md").read_text(encoding="utf-8")
    assert f"`{step_words(alert(reason=reason, before='inquiry'))}`" in page
