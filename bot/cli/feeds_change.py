"""`regwatch feeds add|import|export`: the commands that write or carry the catalogue."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.common import printable, rules_directory, settings_of
from bot.cli.feeds_ports import Ports, catalog, catalog_path, summary
from bot.errors import OperationError, UsageError, did_you_mean

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.feeds.feed import Feed
    from bot.feeds.probe import Probe


def add_feed(args: argparse.Namespace) -> int:
    """Find the feed at an address, prove that it parses, and append it to feeds.yaml."""
    from bot.feeds.catalog import append_feed, entry_text
    from bot.feeds.feed import Feed
    from bot.feeds.links import canonical_link, web_link

    settings = settings_of(args)
    url = web_link(args.url if "://" in args.url else f"https://{args.url}")
    if not url:
        raise UsageError(f"{printable(args.url)} is no web address; write it as https://host/path.")
    _check_authority(settings, args.authority)
    feeds = catalog(settings, may_be_absent=True)
    with Ports(settings) as ports:
        found = ports.search(Feed(id="new", url=url))
    first = found[0]
    if first.parsed is None:
        raise OperationError(
            f"No feed at {printable(url)}: {first.failure}, {printable(first.detail)}. {first.advice}"
        )
    known = {canonical_link(feed.url): feed.id for feed in feeds}
    fresh = [one for one in found if canonical_link(one.feed.url) not in known]
    if not fresh:
        raise UsageError(
            f"{printable(first.feed.url)} is in the catalogue already, as {known[canonical_link(first.feed.url)]}."
        )
    feed = _made(args, fresh[0], {feed.id for feed in feeds})
    print(entry_text(feed), end="")
    print(f"# {summary(fresh[0])}")
    for other in fresh[1:]:
        print(f"# also there: {printable(other.feed.url)}")
    if not args.dry_run:
        path = catalog_path(settings)
        append_feed(path, [feed])
        print(f"# added to {printable(str(path))}")
    return 0


def import_opml(args: argparse.Namespace) -> int:
    """Append the feeds of an OPML file that the catalogue lacks."""
    from bot.feeds.catalog import append_feed, entry_text, id_for
    from bot.feeds.feed import Feed
    from bot.feeds.links import canonical_link, host_of
    from bot.feeds.opml import MAX_BYTES, read_opml
    from storage.words import Tier

    settings = settings_of(args)
    feeds = catalog(settings, may_be_absent=True)
    taken = {feed.id for feed in feeds}
    known = {canonical_link(feed.url) for feed in feeds}
    outlines = read_opml(_input(args.file, MAX_BYTES + 1))
    added: list[Feed] = []
    for outline in outlines:
        if canonical_link(outline.url) in known:
            continue
        known.add(canonical_link(outline.url))
        name = id_for(outline.title or host_of(outline.url), taken)
        taken.add(name)
        added.append(
            Feed(
                id=name, url=outline.url, title=outline.title, tier=Tier(args.tier), language=outline.language
            )
        )
    for feed in added:
        print(entry_text(feed), end="")
    if added and not args.dry_run:
        append_feed(catalog_path(settings), added)
    verb = "would be added" if args.dry_run else "added"
    print(f"# {len(added)} of {len(outlines)} {verb}; `regwatch feeds check` tells which of them answer")
    return 0


def export_opml(args: argparse.Namespace) -> int:
    """Write the catalogue as OPML."""
    from bot.feeds.opml import write_opml

    document = write_opml(catalog(settings_of(args)))
    if args.file == "-":
        sys.stdout.write(document.decode("utf-8"))
        return 0
    try:
        Path(args.file).write_bytes(document)
    except OSError as error:
        raise OperationError(f"{printable(args.file)} cannot be written: {error.strerror}.") from error
    return 0


def _check_authority(settings: Settings, authority: str | None) -> None:
    """Raise UsageError for an authority that the lexicon does not have: its feed would count as the press's."""
    from bot.matching.lexicon_file import load_lexicon

    lexicon = rules_directory(settings) / "lexicon"
    if authority is None or not lexicon.is_dir():
        return
    regulators = list(load_lexicon(lexicon).regulators)
    if authority not in regulators:
        hint = did_you_mean(authority, regulators) or f"known: {', '.join(regulators)}"
        raise UsageError(f"--authority {printable(authority)}: the lexicon has no such authority; {hint}")


def _made(args: argparse.Namespace, found: Probe, taken: set[str]) -> Feed:
    """Return the feed to add, from the command's words and what the feed says of itself. Raises UsageError."""
    from bot.durations import SHAPE, duration_of
    from bot.feeds.catalog import id_for
    from bot.feeds.feed import Feed
    from bot.feeds.links import host_of
    from storage.words import Tier

    parsed = found.parsed
    title = args.title or (parsed.title if parsed else "")
    every = duration_of(args.every) if args.every else None
    if args.every and every is None:
        raise UsageError(f"{printable(args.every)} is no length; write {SHAPE}.")
    if args.id and args.id in taken:
        raise UsageError(f"The id {printable(args.id)} is taken.")
    language = (args.language or (parsed.language if parsed else "")).lower().partition("-")[0]
    return Feed(
        id=args.id or id_for(title or host_of(found.feed.url), taken),
        url=found.moved_to or found.feed.url,
        title=printable(title)[:120],
        authority=args.authority,
        tier=Tier(args.tier),
        language=language if language.isascii() and language.isalpha() and len(language) in (2, 3) else "",
        every=every,
    )


def _input(file: str, limit: int) -> bytes:
    try:
        if file == "-":
            return sys.stdin.buffer.read(limit)
        with Path(file).open("rb") as source:
            return source.read(limit)
    except OSError as error:
        raise UsageError(f"{printable(file)} cannot be read: {error.strerror}.") from error
