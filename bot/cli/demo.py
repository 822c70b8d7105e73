"""`regwatch demo`: the whole bot on recorded feeds, served over local HTTP; no network, no token."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.common import epilog, rules_directory
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.once import OnceReport

FEEDS = (
    # id, title, authority, tier, language, revisions
    ("cma-case", "CMA case page (sample)", "cma", "official", "en", "updated"),
    ("ftc-press", "FTC press releases (sample)", "ftc", "official", "en", "content"),
    ("ec-press", "Press corner, competition (sample)", "ec", "official", "en", "content"),
    ("press-en", "The Example Wire", None, "press", "en", "content"),
    ("press-fr", "Le Nuage quotidien", None, "press", "fr", "content"),
    ("press-de", "Wolkenpost", None, "press", "de", "content"),
    ("press-es", "El Ejemplo Digital", None, "press", "es", "content"),
    ("broken", "Broken Herald", None, "press", "en", "content"),
    ("hostile", "Hostile Feed", None, "press", "en", "content"),
    ("bomb", "A feed that unpacks to 20 MB", None, "press", "en", "content"),
    ("inward", "A feed that leads to a private address", None, "press", "en", "content"),
)
STORY = (
    "Poll 1. Every feed is seen for the first time: recorded and matched, not posted.",
    "Poll 2. The CMA's case page moves on; the FTC acts; the press writes in three languages.",
    "Poll 3. The CMA decides; the Commission opens a case of its own.",
)


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "demo",
        help="show the whole bot at work on recorded feeds, with no network and no token",
        description="Run the real bot on recorded feeds served from this machine: three polls, a database in a "
        "temporary folder, alerts printed as Slack would show them.",
        epilog=epilog("regwatch demo", "regwatch demo --keep ~/regwatch-demo   and look into it afterwards"),
    )
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="where to leave settings, rules and database"
    )
    parser.set_defaults(handler=demo)


def demo(args: argparse.Namespace) -> int:
    """Run three polls and say what to try next."""
    import threading

    from bot.app import open_app
    from bot.clock import SystemClock
    from bot.demo.server import POLLS, serving
    from bot.jobs import Jobs
    from bot.log import log_to_stderr
    from bot.once import run_once
    from bot.secrets import load_secrets

    home: Path = args.keep or Path(tempfile.mkdtemp(prefix="regwatch-demo-"))
    try:
        home.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        message = f"--keep {home}: a file stands there; name a folder"
        raise UsageError(message) from error
    clock = SystemClock()
    with log_to_stderr(verbose=False, quiet=True), serving(clock.now()) as server:
        settings = _prepare(home, server.base)
        with open_app(settings, load_secrets({}), home / "rules", clock=clock) as app:
            for number in range(1, POLLS + 1):
                server.poll = number
                print(f"\n{STORY[number - 1]}\n", flush=True)
                jobs = Jobs(app=app, stopping=threading.Event())
                _sum_up(run_once(jobs, progress=lambda _feed: None))
                jobs.poller.close()
    command = _command()
    print(
        "\nTry on what it recorded:\n"
        f"  {command} hits --config {home}/regwatch.yaml --regulator cma\n"
        f"  {command} matters --config {home}/regwatch.yaml\n"
        f"  {command} why https://wire.example/cma-awards --config {home}/regwatch.yaml"
    )
    return 0


def _command() -> str:
    """Return how this shell calls regwatch: `make demo` installs it where no PATH leads."""
    here = Path(sys.argv[0])
    return "regwatch" if here.name != "regwatch" or shutil.which("regwatch") else str(here)


def _sum_up(report: OnceReport) -> None:
    """Say in one line what a poll brought, troubles included."""
    failed = ", ".join(f"{r.feed} ({r.outcome})" for r in report.failed)
    new = sum(r.new for r in report.results)
    hits = sum(r.hits for r in report.results)
    print(f"{report.feeds} feeds, {new} new articles, {hits} hits. Refused: {failed or 'none'}.")


def _prepare(home: Path, base: str) -> Settings:
    """Write settings and rules for the demo and load them."""
    from bot.config import Settings
    from bot.config_file import load_settings

    shipped = rules_directory(Settings(file=home / "none" / "regwatch.yaml"))
    shutil.copytree(shipped, home / "rules", dirs_exist_ok=True)
    lines = ["# The demo's feeds: recordings, served from this machine while it runs."]
    for name, title, authority, tier, language, revisions in FEEDS:
        lines += [
            f"- id: {name}",
            f"  url: {base}/{name}",
            f"  title: {title}",
            f"  authority: {authority or 'null'}",
            f"  tier: {tier}",
            f"  language: {language}",
            f"  revisions: {revisions}",
        ]
    (home / "rules" / "feeds.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    host = base.removeprefix("http://")
    text = (
        f"database: sqlite:///regwatch.db\nrules: rules\n"
        f"network: {{private_hosts: ['{host}'], host_gap: 0s, min_interval: 0s}}\n"
    )
    file = home / "regwatch.yaml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, {})
