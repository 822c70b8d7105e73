"""Who may import whom, as the design draws it: an ast walk over bot and storage."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted([*ROOT.glob("bot/**/*.py"), *ROOT.glob("storage/**/*.py")])
LAYERS = [
    "storage",
    "bot.feeds",
    "bot.matching",
    "bot.matters",
    "bot.alerts",
    "bot.plan",
    "bot.history",
    "bot.pipeline",
    "bot.app",
]
SOLE_IMPORTERS = {
    "httpx": {"bot/feeds/fetch.py"},
    "feedparser": {"bot/feeds/parse_worker.py"},
    "slack_sdk": {"bot/alerts/slack.py", "bot/alerts/socket_mode.py"},
    "apscheduler": {"bot/service.py"},
}


def imports_of(path: Path) -> set[str]:
    """Return every module that a file imports, at any depth of the code."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def layer_of(module: str) -> int | None:
    """Return the rank of a module's layer, or None for the shared modules below all layers."""
    for rank, layer in enumerate(LAYERS):
        if module == layer or module.startswith(layer + "."):
            return rank
    return None


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_imports_point_one_way(path: Path) -> None:
    """A layer imports only the layers below it; storage imports nothing of bot."""
    name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    imported = imports_of(path)
    if name.startswith("storage"):
        assert not [m for m in imported if m == "bot" or m.startswith("bot.")]
    rank = layer_of(name)
    if rank is None:
        return
    above = [m for m in imported if (other := layer_of(m)) is not None and other > rank]
    assert not above, f"{name} imports {above} from a layer above it"


@pytest.mark.parametrize("package", sorted(SOLE_IMPORTERS))
def test_a_foreign_library_has_one_door(package: str) -> None:
    """httpx, feedparser, slack_sdk and apscheduler are each imported by one module."""
    doors = {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if any(m == package or m.startswith(package + ".") for m in imports_of(path))
    }
    assert doors <= SOLE_IMPORTERS[package]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_only_the_clock_reads_the_time(path: Path) -> None:
    """`datetime.now`, `time.time` and `time.monotonic` stand in clock.py alone."""
    if path.name == "clock.py":
        return
    calls = {
        f"{node.func.value.id}.{node.func.attr}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
    }
    assert not calls & {"datetime.now", "datetime.utcnow", "time.time", "time.monotonic", "date.today"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_module_says_what_is_here(path: Path) -> None:
    """A module's docstring begins with one sentence on what is here."""
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert doc, f"{path} has no docstring"
