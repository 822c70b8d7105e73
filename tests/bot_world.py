"""A world for the whole bot: feeds on a local server, a fake Slack, a rules folder, a configuration, a database.

with World(tmp_path) as world:
    world.feed("a", rss([item("one", "First mark-a1")]))
    world.write()
    world.once()                    # a process of its own: `regwatch run --once`
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from xml.sax.saxutils import escape

from tests.fake_slack import TOKEN, Call, FakeSlack
from tests.http_server import Answer, HttpServer, Script

ROOT = Path(__file__).resolve().parent.parent
KEYWORD = "zebrafish"
RULE = f"""
- id: own-keyword
  title: A word of our own
  kind: signal
  level: medium
  status: live
  when: {{text: "{KEYWORD}"}}
  examples:
    match: ["A {KEYWORD} swims"]
    no_match: ["A trout swims"]
"""


def item(
    guid: str, title: str, text: str = "", *, link: str | None = None, age: timedelta = timedelta()
) -> str:
    """Return one RSS item; title and text are escaped."""
    where = f"https://news.example/{guid}" if link is None else link
    date = format_datetime(datetime.now(UTC) - age)
    return (
        f"<item><title>{escape(title)}</title><link>{escape(where)}</link>"
        f"<description>{escape(text)}</description>"
        f"<guid isPermaLink='false'>{escape(guid)}</guid><pubDate>{date}</pubDate></item>"
    )


def rss(items: Iterable[str], *, title: str = "A feed") -> bytes:
    """Return an RSS document."""
    return (
        f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>{title}</title>"
        f"<link>https://news.example/</link><description>d</description>{''.join(items)}</channel></rss>"
    ).encode()


def atom_case(updated: datetime, title: str, summary: str, slug: str = "microsoft-mistral-ai") -> bytes:
    """Return a GOV.UK-style feed of one case, whose id never changes."""
    url = f"https://www.gov.uk/cma-cases/{slug}"
    stamp = updated.astimezone(UTC).isoformat(timespec="seconds")
    return (
        "<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom'>"
        f"<id>{url}</id><title>CMA cases</title><updated>{stamp}</updated>"
        f"<entry><id>{url}</id><updated>{stamp}</updated><link rel='alternate' href='{url}'/>"
        f"<title>{escape(title)}</title><summary>{escape(summary)}</summary></entry></feed>"
    ).encode()


@dataclass(slots=True)
class Ran:
    """How a run ended."""

    code: int
    out: str
    commits: int = 0


@dataclass(slots=True)
class World:
    """Everything around the bot. `slack_keys` and `extra` go into regwatch.yaml as they are."""

    home: Path
    lag: float = 0.0
    settle: str = "1s"
    slack_keys: str = ""
    extra: str = ""
    shipped: bool = True
    web: HttpServer = field(init=False)
    slack: FakeSlack = field(init=False)
    feeds: dict[str, str] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=lambda: {"SLACK_BOT_TOKEN": TOKEN})

    def __post_init__(self) -> None:
        self.web, self.slack = HttpServer(), FakeSlack(history_lag=self.lag)

    def __enter__(self) -> Self:
        self.home.mkdir(parents=True, exist_ok=True)
        self.web.__enter__()
        self.slack.__enter__()
        self.rules.mkdir(exist_ok=True)
        shutil.copytree(ROOT / "rules" / "lexicon", self.rules / "lexicon", dirs_exist_ok=True)
        if self.shipped:
            for path in (ROOT / "rules").glob("*.yaml"):
                shutil.copy(path, self.rules)
        (self.rules / "own.yaml").write_text(RULE, encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.slack.__exit__(kind, error, trace)
        self.web.close()

    @property
    def rules(self) -> Path:
        """Return the rules folder."""
        return self.home / "rules"

    @property
    def config(self) -> Path:
        """Return the settings file."""
        return self.home / "regwatch.yaml"

    @property
    def database(self) -> Path:
        """Return the database file."""
        return self.home / "r.db"

    def feed(self, name: str, *answers: Script | bytes, keys: str = "") -> None:
        """Serve a feed under its name and subscribe to it."""
        scripts = [Answer(body=a) if isinstance(a, bytes) else a for a in answers]
        url = self.web.serve(f"/{name}", *scripts)
        self.feeds.setdefault(name, f"- id: {name}\n  url: {url}\n{keys}")

    def serve(self, name: str, *answers: Script | bytes) -> None:
        """Change what a feed answers."""
        self.web.serve(f"/{name}", *[Answer(body=a) if isinstance(a, bytes) else a for a in answers])

    def write(self) -> None:
        """Write regwatch.yaml and feeds.yaml."""
        (self.rules / "feeds.yaml").write_text("\n".join(self.feeds.values()) or "[]", encoding="utf-8")
        self.config.write_text(
            f"database: sqlite:///{self.database}\nrules: rules\n"
            f"slack:\n  channel: alerts\n  api_url: '{self.slack.api_url}'\n  settle: {self.settle}\n"
            f"  gap: 0s\n  timeout: 2s\n{self.slack_keys}"
            f"network: {{private_hosts: ['{self.web.host_port}'], min_interval: 0s, host_gap: 0s}}\n{self.extra}",
            encoding="utf-8",
        )

    def environment(self) -> dict[str, str]:
        """Return the bot's environment."""
        return {**os.environ, "PYTHONPATH": str(ROOT), **self.env}

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command as a process of its own; stderr is merged into stdout."""
        return subprocess.Popen(
            [sys.executable, "-m", "bot", *words, "--config", str(self.config)],
            env=self.environment(),
            cwd=self.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def command(self, *words: str, timeout: float = 60) -> Ran:
        """Run a command to its end."""
        with self.start(*words) as process:
            try:
                out, _ = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
            return Ran(process.returncode, out)

    def once(self, *words: str, timeout: float = 60) -> Ran:
        """Run the bot once."""
        return self.command("run", "--once", *words, timeout=timeout)

    def told(self, channel: str | None = "alerts") -> list[str]:
        """Return the whole text of every message, blocks included."""
        return [f"{m.text} {json.dumps(m.blocks, ensure_ascii=False)}" for m in self.slack.messages(channel)]

    def counts(self, marks: Iterable[str], channel: str | None = "alerts") -> dict[str, int]:
        """Return in how many messages each mark stands."""
        told = self.told(channel)
        return {mark: sum(mark in text for text in told) for mark in marks}


class Launcher:
    """Runs `run --once` in forked children of one process, which has the imports and the rules in memory."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.bot_launcher"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.pid = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()

    def once(self, world: World, *, commit: int = 0, how: str = "", words: Sequence[str] = ()) -> Ran:
        """Run the bot once, interrupted at its n-th commit as `how` says."""
        log = world.home / "log.txt"
        before = log.stat().st_size if log.exists() else 0
        job: Mapping[str, Any] = {
            "words": ["run", "--once", *words, "--config", str(world.config)],
            "env": {**world.env},
            "log": str(log),
            "commit": commit,
            "how": how,
            "preload": str(world.rules),
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        self.pid = int(self._process.stdout.readline())
        code, commits = map(int, self._process.stdout.readline().split())
        return Ran(code, log.read_bytes()[before:].decode(errors="replace"), commits)

    def kill(self) -> None:
        """Kill the bot that runs now."""
        os.kill(self.pid, 9)


@dataclass(slots=True)
class KillAtPost:
    """Kills the bot from Slack's side: as the n-th message arrives, or when it stands but is not answered."""

    slack: FakeSlack
    launcher: Launcher
    point: str  # "arrived" or "accepted"
    nth: int
    seen: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arm(self) -> None:
        """Wait for the message."""
        self.slack.on_call = lambda method: self._count(method, "arrived")
        self.slack.on_accept = self._accepted

    def disarm(self) -> None:
        """Let all go well."""
        self.slack.on_call = lambda _method: None
        self.slack.on_accept = lambda _call: None

    def _accepted(self, call: Call) -> None:
        self._count(call.method, "accepted")

    def _count(self, method: str, point: str) -> None:
        if not method.startswith("chat.") or point != self.point:
            return
        with self._lock:
            self.seen += 1
            if self.seen == self.nth:
                self.launcher.kill()
