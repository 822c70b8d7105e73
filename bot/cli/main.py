"""The entry point: finds the command, runs it, turns errors into one clear message and an exit code."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

import bot
from bot.cli.common import epilog
from bot.errors import InvalidFiles, RegwatchError
from storage.errors import StorageError

# In the order in which people meet them. Each module has `register`; only the command's own is imported.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("bot.cli.demo", "show the whole bot at work on recorded feeds, with no network and no token"),
    "init": ("bot.cli.init", "write regwatch.yaml and a copy of the rules to edit"),
    "run": ("bot.cli.run", "watch the feeds and post alerts"),
    "status": ("bot.cli.status", "is it alive, and what troubles it"),
    "doctor": ("bot.cli.doctor", "check settings, rules, database, network and Slack"),
    "hits": ("bot.cli.hits", "search past hits"),
    "matters": ("bot.cli.matters", "matters with their steps"),
    "why": ("bot.cli.why", "trace one link: seen or not, matched or not, told or not"),
    "coverage": ("bot.cli.coverage", "when each feed was watched, and when we were blind"),
    "deadlines": ("bot.cli.deadlines", "dates by which something is due"),
    "digest": ("bot.cli.digest", "the brief of a period, in Markdown or to Slack"),
    "report": ("bot.cli.report", "one HTML page: matters, timeline, feed health"),
    "rules": ("bot.cli.rules", "check, test, explain and compare rules"),
    "feeds": ("bot.cli.feeds", "list, check and add feeds"),
    "alerts": ("bot.cli.alerts", "deliveries: list, retry, test"),
    "silence": ("bot.cli.silence", "pause alerts, with a reason and an end"),
    "evidence": ("bot.cli.evidence", "verify an evidence pack"),
    "db": ("bot.cli.db", "upgrade, back up, check and prune the database"),
}


def run() -> None:
    """Run the command line and exit."""
    sys.exit(main(sys.argv[1:]))


def main(words: Sequence[str]) -> int:
    """Return the exit code of the command: 0 fine, 1 something found or failed, 2 bad usage or invalid file."""
    try:
        args = _parser(words).parse_args(list(words))
        handler = getattr(args, "handler", None)
        if handler is None:
            _parser([*words[:1], "--help"]).parse_args([*words[:1], "--help"])
            return 2
        return int(handler(args))
    except InvalidFiles as error:
        for problem in error.problems:
            _complain(str(problem))
        return error.exit_code
    except RegwatchError as error:
        _complain(str(error))
        return error.exit_code
    except StorageError as error:
        _complain(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # `regwatch hits | head` is fine. Point stdout away, or the interpreter complains at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _complain(message: str) -> None:
    from bot.cli.common import printable
    from bot.secrets import redacted

    for line in redacted(message).splitlines() or [""]:
        print(f"regwatch: {printable(line)}", file=sys.stderr)


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser; only the named command's module is imported, the others are a line of help."""
    parser = argparse.ArgumentParser(
        prog="regwatch",
        description="Watches news and official feeds for FTC, CMA and European Commission antitrust signals "
        "around cloud-AI partnerships, and tells a team in Slack.",
        epilog=epilog(
            "regwatch demo                          see it work, in under a minute",
            "regwatch init && regwatch run --once   a first real poll",
            'regwatch hits "merger inquiry" --regulator cma --since 30d',
            "regwatch why https://example.org/news  why we did, or did not, hear of a link",
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"regwatch {bot.__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")
    named = next((word for word in words if not word.startswith("-")), None)
    for name, (module, summary) in COMMANDS.items():
        if name == named:
            importlib.import_module(module).register(commands)
        else:
            commands.add_parser(name, help=summary)
    return parser


if __name__ == "__main__":
    run()
