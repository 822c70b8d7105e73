"""Three polls of hostile feeds by the whole bot: well, hostile, well again; and what became of each one's alert."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.bot_world import World, rss
from tests.faults.bot_hostile import Kind, good, old
from tests.http_server import Answer, HttpServer, redirect

_SERVERS = 8  # a host is asked one thing at a time, so the slow ones are spread


@dataclass(slots=True)
class Report:
    """What went wrong, by kind, and what it cost."""

    late: list[str] = field(default_factory=list)  # due in the hostile poll, told only after the repair
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    early: list[str] = field(default_factory=list)  # told though it could not be read
    problems: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    peak_mb: float = 0.0
    touched: int = 0


def run_hostile(home: Path, kinds: Sequence[Kind], *, extra: str = "") -> Report:
    """Subscribe to every kind and poll three times. Nothing is asserted here."""
    report = Report()
    with ExitStack() as stack:
        world = stack.enter_context(World(home, extra=extra))
        servers = [stack.enter_context(HttpServer()) for _ in range(_SERVERS)]
        trap = stack.enter_context(HttpServer("127.0.0.2"))
        kinds = [*kinds, Kind(name="redirect-trap", hostile=redirect(trap.url("/x")), due=False)]
        where = {kind.name: servers[n % _SERVERS] for n, kind in enumerate(kinds)}
        for kind in kinds:
            url = where[kind.name].serve(f"/{kind.name}", kind.base or Answer(body=rss([old(kind.name)])))
            world.feeds[kind.name] = f"- id: {kind.name}\n  url: {url}\n{kind.keys}"
        world.write()
        text = world.config.read_text(encoding="utf-8")
        hosts = ", ".join(f"'{server.host_port}'" for server in servers)
        world.config.write_text(
            re.sub(r"private_hosts: \[.*?\]", f"private_hosts: [{hosts}]", text), encoding="utf-8"
        )
        _poll(world, report)
        assert not world.slack.messages(), world.told()
        for kind in kinds:
            where[kind.name].serve(f"/{kind.name}", kind.hostile)
        _poll(world, report)
        _poll(world, report)
        hostile = world.counts(kind.mark for kind in kinds)
        for kind in kinds:
            where[kind.name].serve(f"/{kind.name}", good(kind.name))
        _poll(world, report)
        _poll(world, report)
        final = world.counts(kind.mark for kind in kinds)
        report.late = [k.name for k in kinds if k.due and not hostile[k.mark] and final[k.mark]]
        report.early = [k.name for k in kinds if not k.due and hostile[k.mark]]
        report.lost = [k.name for k in kinds if not final[k.mark] and not k.never]
        report.doubled = [k.name for k in kinds if final[k.mark] > 1]
        report.problems = world.slack.problems()
        report.touched = len(trap.seen())
    return report


_MEASURE = """
import json, os, resource, subprocess, sys, time
start = time.monotonic()
code = subprocess.call(sys.argv[1:])
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"\\nMEASURED {code} {usage.ru_maxrss / 1024:.1f} {time.monotonic() - start:.2f}")
"""


def _poll(world: World, report: Report) -> None:
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            _MEASURE,
            sys.executable,
            "-m",
            "bot",
            "run",
            "--once",
            "--config",
            str(world.config),
        ],
        env={
            **world.environment(),
            "PYTHONPATH": os.environ.get("PYTHONPATH", "") or world.environment()["PYTHONPATH"],
        },
        cwd=world.home,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    out = ran.stdout + ran.stderr
    report.outputs.append(out)
    found = re.search(r"MEASURED (-?\d+) ([\d.]+) ([\d.]+)", out)
    assert found, out
    assert int(found[1]) in (0, 1), out
    report.peak_mb = max(report.peak_mb, float(found[2]))
    report.seconds.append(float(found[3]))
