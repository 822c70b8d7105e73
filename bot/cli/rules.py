"""`regwatch rules`: check, test, explain, measure and compare rules. Only the words of the commands are here."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from pathlib import Path

from bot.cli.common import add_config_option, add_format_option, epilog

_TABLE_JSON = ("table", "json")
Handler = Callable[[argparse.Namespace], int]


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command group."""
    group = commands.add_parser(
        "rules",
        help="check, test, explain and compare rules",
        description="Check, test, explain, measure and compare rules. rules/README.md teaches the language.",
        allow_abbrev=False,
        epilog=epilog(
            "regwatch rules lint                       files, places, and what is probably not meant",
            "regwatch rules test cma-ai-tie            run the examples beside a rule",
            'regwatch rules explain --title "CMA looks at Amazon and Anthropic"',
            "regwatch rules match articles.jsonl       one JSON object a line, in order",
            "regwatch rules diff HEAD rules            what an edit does to stored history",
        ),
    )
    actions = group.add_subparsers(metavar="ACTION", required=True, title="actions")
    _checking(actions)
    _measuring(actions)
    _looking_back(actions)


def _lazy(module: str, name: str) -> Handler:
    """Return a handler whose module is imported when it is called: start-up time is a promise."""

    def handler(args: argparse.Namespace) -> int:
        return int(getattr(importlib.import_module(module), name)(args))

    return handler


def _action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    text: str,
    handler: Handler,
    *examples: str,
) -> argparse.ArgumentParser:
    parser = actions.add_parser(
        name,
        help=text,
        description=text[:1].upper() + text[1:] + ".",
        allow_abbrev=False,
        epilog=epilog(*examples),
    )
    parser.add_argument(
        "--rules", type=Path, metavar="DIR", help="rules folder (default: the configured one)"
    )
    add_config_option(parser)
    parser.set_defaults(handler=handler)
    return parser


def _checking(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    module = "bot.cli.rules_check"
    parser = _action(
        actions, "lint", "find what is wrong, and what is probably not meant", _lazy(module, "lint"),
        "regwatch rules lint", "regwatch rules lint --strict --format json",
    )  # fmt: skip
    parser.add_argument("--strict", action="store_true", help="warnings fail too")
    add_format_option(parser, formats=_TABLE_JSON)
    parser = _action(
        actions, "test", "run the examples that stand beside the rules", _lazy(module, "test"),
        "regwatch rules test", "regwatch rules test ftc-ai-tie --verbose",
    )  # fmt: skip
    parser.add_argument("ids", nargs="*", metavar="RULE", help="these rules only")
    parser.add_argument("--verbose", action="store_true", help="show the examples that hold, too")
    parser = _action(
        actions, "schema", "print the JSON Schema of rule files, or write those of rules, lexicon and feeds, for editors", _lazy(module, "schema"),
        "regwatch rules schema", "regwatch rules schema --write",
    )  # fmt: skip
    parser.add_argument(
        "--write", action="store_true", help="write all three into the rules folder's schema/"
    )
    parser = _action(
        actions, "explain", "say why an article matches, or which clause failed first",
        _lazy("bot.cli.rules_explain", "explain"),
        "regwatch rules explain https://example.org/news", "regwatch rules explain 42 --rule cma-ai-tie",
        'regwatch rules explain --title "FTC studies AI partnerships"',
    )  # fmt: skip
    parser.add_argument("article", nargs="?", metavar="URL|ID", help="a stored article")
    parser.add_argument("--title", default="", help="an article of your own: its title")
    parser.add_argument("--text", default="", help="an article of your own: its body")
    parser.add_argument("--language", default="", help="its language, such as en")
    parser.add_argument("--feed", default="", help="as if it came from this feed of feeds.yaml")
    parser.add_argument("--rule", action="append", metavar="RULE", help="this rule only; may be repeated")
    add_format_option(parser, formats=_TABLE_JSON)


def _measuring(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    module = "bot.cli.rules_measure"
    parser = _action(
        actions, "match", "read articles as JSON lines and write what the rules say of each",
        _lazy(module, "match"), "regwatch rules match articles.jsonl > labels.jsonl",
        "zcat news.jsonl.gz | regwatch rules match -",
    )  # fmt: skip
    parser.add_argument("file", metavar="FILE", help="JSON lines; - for standard input")
    parser = _action(
        actions, "eval", "measure the rules on labelled articles", _lazy(module, "evaluate"),
        "regwatch rules eval dev.jsonl --errors", "regwatch rules eval dev.jsonl --every 5 --hold-out",
    )  # fmt: skip
    parser.add_argument("file", metavar="FILE", help="JSON lines with gold fields; - for standard input")
    parser.add_argument("--errors", action="store_true", help="list what was said wrongly")
    parser.add_argument(
        "--every", type=int, metavar="N", default=5, help="which items --keep/--hold-out split off"
    )
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--keep", action="store_true", help="only the items to tune on: all but every N-th")
    part.add_argument("--hold-out", action="store_true", help="only every N-th item")
    add_format_option(parser, formats=_TABLE_JSON)


def _looking_back(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    module = "bot.cli.rules_history"
    parser = _action(
        actions, "backtest", "run the rules over stored history; nothing is told", _lazy(module, "backtest"),
        "regwatch rules backtest --since 90d", "regwatch rules backtest --rules draft-rules --since 2026-03-01",
    )  # fmt: skip
    _since(parser, "90d")
    add_format_option(parser, formats=_TABLE_JSON)
    parser = _action(
        actions, "diff", "say what an edit of the rules does: hits gained, lost, re-levelled", _lazy(module, "diff"),
        "regwatch rules diff HEAD rules", "regwatch rules diff main feature --since 180d",
        "regwatch rules diff old-rules new-rules --file articles.jsonl",
    )  # fmt: skip
    parser.add_argument("before", metavar="A", help="a rules folder, or a git revision")
    parser.add_argument("after", metavar="B", help="a rules folder, or a git revision")
    parser.add_argument("--file", metavar="FILE", help="articles as JSON lines instead of stored history")
    _since(parser, "90d")
    add_format_option(parser, formats=_TABLE_JSON)
    parser = _action(
        actions, "stats", "volume, last hit and precision of each rule", _lazy("bot.cli.rules_review", "stats"),
        "regwatch rules stats", "regwatch rules stats --since 90d --suggest",
    )  # fmt: skip
    _since(parser, "90d")
    parser.add_argument(
        "--suggest", action="store_true", help="offer hits marked not relevant as no_match examples"
    )
    add_format_option(parser)
    parser = _action(
        actions, "near-misses", "articles that failed a rule by exactly one clause", _lazy("bot.cli.rules_review", "near_misses"),
        "regwatch rules near-misses --since 7d",
    )  # fmt: skip
    _since(parser, "7d")
    parser.add_argument(
        "--limit", type=int, default=5, metavar="N", help="samples of each clause (default: 5)"
    )
    add_format_option(parser, formats=_TABLE_JSON)


def _since(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument(
        "--since", metavar="WHEN", default=default, help=f"7d, 2026-03-01 … (default: {default})"
    )
