"""`regwatch feeds`: the catalogue, how each feed is doing, checks, additions, OPML."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot.cli.common import (
    add_config_option,
    add_format_option,
    database_path,
    epilog,
    printable,
    settings_of,
    write_rows,
)
from bot.cli.feeds_change import add_feed, export_opml, import_opml
from bot.cli.feeds_ports import Ports, badness, catalog, check_row, every_of, status_row
from bot.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.feeds.feed import Feed
    from storage.records import FeedState


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `feeds` and its commands."""
    parser = commands.add_parser(
        "feeds",
        help="list, check and add feeds",
        description="The feeds of rules/feeds.yaml, and how each is doing.",
        epilog=epilog(
            "regwatch feeds status",
            "regwatch feeds check ftc-press",
            "regwatch feeds add https://example.org/news",
        ),
    )
    group = parser.add_subparsers(metavar="COMMAND", required=True)
    _add(group, "list", list_feeds, "the catalogue", "regwatch feeds list --format csv")
    status = _add(
        group,
        "status",
        show_status,
        "how each feed is doing, worst first; exit 1 if one fails",
        "regwatch feeds status --failing",
    )
    status.add_argument("--failing", action="store_true", help="only feeds that fail")
    check = _add(
        group,
        "check",
        check_feeds,
        "fetch and parse now, store nothing; exit 1 if one fails",
        "regwatch feeds check",
        "regwatch feeds check https://www.gov.uk/cma-cases.atom",
    )
    check.add_argument("feeds", nargs="*", metavar="ID|URL", help="which (default: every enabled feed)")
    _register_add(group)
    _register_opml(group)


def _register_opml(group: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    bring = _add(
        group,
        "import",
        import_opml,
        "add the feeds of an OPML file",
        "regwatch feeds import subscriptions.opml --dry-run",
    )
    bring.add_argument("file", metavar="FILE", help="the OPML file; - reads standard input")
    bring.add_argument(
        "--tier",
        choices=("official", "press", "blog"),
        default="press",
        help="of the new feeds (default: press)",
    )
    bring.add_argument("--dry-run", action="store_true", help="only show what would be added")
    export = _add(
        group, "export", export_opml, "write the catalogue as OPML", "regwatch feeds export feeds.opml"
    )
    export.add_argument(
        "file", nargs="?", metavar="FILE", default="-", help="where to (default: standard output)"
    )


def _add(
    group: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    handler: Callable[[argparse.Namespace], int],
    what: str,
    *examples: str,
) -> argparse.ArgumentParser:
    parser = group.add_parser(
        name,
        help=what,
        description=what[0].upper() + what[1:] + ".",
        epilog=epilog(*examples),
    )
    add_config_option(parser)
    if name in ("list", "status", "check"):
        add_format_option(parser)
    parser.set_defaults(handler=handler)
    return parser


def _register_add(group: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _add(
        group,
        "add",
        add_feed,
        "find the feed at an address and append it to feeds.yaml",
        "regwatch feeds add https://www.cnmc.es --authority cnmc --tier official --language es",
    )
    parser.add_argument("url", metavar="URL", help="a feed, or a page that names one")
    parser.add_argument("--id", metavar="ID", help="short name (default: made of the feed's title)")
    parser.add_argument("--title", help="what people call it (default: the feed's own title)")
    parser.add_argument("--authority", metavar="ID", help="for a regulator's own feed: ftc, cma, ec …")
    parser.add_argument(
        "--tier", choices=("official", "press", "blog"), default="press", help="(default: press)"
    )
    parser.add_argument("--language", metavar="CODE", help="two letters (default: as the feed says)")
    parser.add_argument("--every", metavar="TIME", help="how often to look, e.g. 10m")
    parser.add_argument("--dry-run", action="store_true", help="only show what would be added")


# ---------------------------------------------------------------------------- commands


def list_feeds(args: argparse.Namespace) -> int:
    """Show the catalogue."""
    rows = [
        {
            "id": feed.id,
            "title": feed.name,
            "tier": feed.tier.value,
            "authority": feed.authority,
            "language": feed.language,
            "every_seconds": int(feed.every.total_seconds()) if feed.every else None,
            "every": every_of(feed),
            "revisions": feed.revisions,
            "identity": feed.identity,
            "enabled": feed.enabled,
            "url": feed.url,
        }
        for feed in catalog(settings_of(args))
    ]
    write_rows(rows, ("id", "tier", "authority", "language", "every", "enabled", "url"), args.format)
    return 0


def show_status(args: argparse.Namespace) -> int:
    """Show how every feed is doing, worst first."""
    from storage.reader import open_reader

    settings = settings_of(args)
    feeds = catalog(settings)
    path = database_path(settings)
    states: dict[str, FeedState] = {}
    if path.is_file():
        with open_reader(path) as reader:
            states = reader.feed_states()
    else:
        print("regwatch: no feed was polled yet; `regwatch run --once` polls them all", file=sys.stderr)
    rows = sorted((status_row(feed, states.get(feed.id)) for feed in feeds), key=badness)
    failing = [row for row in rows if row["state"] == "failing"]
    columns = ("id", "state", "failure", "failures", "last_ok", "next_due", "entries", "advice")
    write_rows(failing if args.failing else rows, columns, args.format)
    return 1 if failing else 0


def check_feeds(args: argparse.Namespace) -> int:
    """Fetch and parse feeds now, through the same guard as a poll; store nothing."""
    from concurrent.futures import ThreadPoolExecutor

    settings = settings_of(args)
    feeds = _chosen(args.feeds, settings)
    workers = max(1, min(settings.network.workers, len(feeds)))
    with Ports(settings) as ports, ThreadPoolExecutor(workers) as pool:
        probes = list(pool.map(ports.probe, feeds))
    rows = [check_row(found) for found in probes]
    write_rows(rows, ("id", "result", "format", "entries", "newest", "detail"), args.format)
    return 1 if any(found.failure for found in probes) else 0


# ---------------------------------------------------------------------------- parts


def _chosen(words: Sequence[str], settings: Settings) -> tuple[Feed, ...]:
    """Return the feeds that ids and addresses name; all enabled ones for no words. Raises UsageError."""
    from bot.feeds.feed import Feed
    from bot.feeds.links import web_link

    if words and all("://" in word for word in words):
        known: dict[str, Feed] = {}
    else:
        feeds = catalog(settings)
        if not words:
            return tuple(feed for feed in feeds if feed.enabled)
        known = {feed.id: feed for feed in feeds}
    chosen: list[Feed] = []
    for word in words:
        if word in known:
            chosen.append(known[word])
        elif "://" in word and web_link(word):
            chosen.append(Feed(id=printable(word), url=web_link(word)))
        else:
            hint = did_you_mean(word, list(known))
            raise UsageError(f'There is no feed "{printable(word)}". {hint[:1].upper()}{hint[1:]}'.rstrip())
    return tuple(chosen)
