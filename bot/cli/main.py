"""The entry point: finds the command, runs it, turns errors into one clear message and an exit code."""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Sequence

import bot
from bot.cli.usage import Parser, readied_streams
from bot.errors import InvalidFiles, RegwatchError, UsageError, did_you_mean
from storage.errors import StorageError

# In the order in which people meet them. Each module has `register`; only the command's own is imported.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("bot.cli.demo", "show the whole bot at work on recorded feeds, with no network and no token"),
    "init": ("bot.cli.init", "write regwatch.yaml and a copy of the rules to edit"),
    "run": ("bot.cli.run", "watch the feeds and post alerts"),
    "status": ("bot.cli.status", "is it alive, and what troubles it"),
    "doctor": ("bot.cli.doctor", "check settings, rules, database, disk and Slack"),
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
    "feedback": ("bot.cli.feedback", "say of a hit that it is relevant, or not, or seen to"),
    "evidence": ("bot.cli.evidence", "verify an evidence pack"),
    "db": ("bot.cli.db", "upgrade, back up, check and prune the database"),
}
DEBUG = "REGWATCH_DEBUG"  # set: a bug shows its whole trace


def run() -> None:
    """Run the command line and exit."""
    # Most commands end before collecting could pay; together these two are a sixth of a search's time.
    gc.set_threshold(100_000)
    code = main(sys.argv[1:])
    gc.freeze()  # the process ends: nothing is worth looking for
    sys.exit(code)


def main(words: Sequence[str]) -> int:
    """Return the exit code of the command: 0 fine, 1 something found or failed, 2 bad usage or invalid file."""
    readied_streams()
    try:
        code = _run([_readable(word) for word in words])
        # Here, not at the interpreter's end, where a closed pipe or a full disk could no longer be answered.
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # `regwatch hits | head` is fine. Point stdout away, or the interpreter complains at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        _complain(f"{error.filename or 'output'}: {error.strerror or error}")
        return 1
    return code


def _readable(word: str) -> str:
    """Return the word with bytes that are no UTF-8 as `?`, unless it names a file: no database takes them."""
    return word if word.isascii() or os.path.lexists(word) else word.encode("utf-8", "replace").decode()


def _run(words: Sequence[str]) -> int:
    """Parse and run; every error on purpose becomes its message and its code."""
    try:
        args = _parser(words).parse_args(list(words))
        handler = getattr(args, "handler", None)
        if handler is None:
            _parser(words).print_help(sys.stderr)
            return 2
        return int(handler(args))
    except SystemExit as stop:  # argparse's way to end: 0 after help, 2 after a complaint
        return stop.code if isinstance(stop.code, int) else 0
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
    except OSError:
        raise
    except Exception as error:  # the last door: a lawyer is shown a sentence, not a stack
        if os.environ.get(DEBUG):
            raise
        _complain(f"this is a bug, please report it: {_where(error)}. {DEBUG}=1 shows all of it")
        return 1


def _where(error: BaseException) -> str:
    """Return an error in one line with the place that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{place}: {error}"[:500]


def _complain(message: str) -> None:
    from bot.cli.common import printable
    from bot.secrets import redacted

    for line in redacted(message).splitlines() or [""]:
        print(f"regwatch: {printable(line)}", file=sys.stderr)


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser; only the named command's module is imported, the others are a line of help."""
    named = next((word for word in words if not word.startswith("-")), None)
    if words and words[0].startswith("--config"):
        raise UsageError("--config goes after the command: regwatch hits --config FILE")
    if named is not None and named not in COMMANDS:
        hint = did_you_mean(named, list(COMMANDS)) or "regwatch --help lists them"
        raise UsageError(f'"{named}" is no command; {hint}')
    parser = Parser(
        prog="regwatch",
        description="Watches news and official feeds for FTC, CMA and European Commission antitrust signals\n"
        "around cloud-AI partnerships, and tells a team in Slack.",
        epilog="examples:\n"
        "  regwatch demo                          see it work, in under a minute\n"
        "  regwatch init && regwatch run --once   a first real poll\n"
        '  regwatch hits "merger inquiry" --regulator cma --since 30d\n'
        "  regwatch why https://example.org/news  why we did, or did not, hear of a link\n\n"
        "exit codes: 0 fine, 1 something found or failed, 2 bad usage or invalid file\n"
        "`regwatch COMMAND --help` documents each command",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"regwatch {bot.__version__}")
    # A given prog keeps argparse from building a formatter, which imports shutil.
    commands = parser.add_subparsers(metavar="COMMAND", title="commands", prog="regwatch")
    if named is not None:
        importlib.import_module(COMMANDS[named][0]).register(commands)
    else:
        for name, (_, summary) in COMMANDS.items():
            commands.add_parser(name, help=summary)
    return parser


if __name__ == "__main__":
    run()
