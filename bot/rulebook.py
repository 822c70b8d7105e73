"""The rules and feeds in force, and their hot reload: a bad file never replaces a good set, nor at a restart."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bot import last_good
from bot.errors import InvalidFiles, Place, Problem, did_you_mean
from bot.feeds.catalog import entry_text, load_catalog
from bot.feeds.feed import Feed
from bot.feeds.redact import redact
from bot.matching.matcher import Matcher
from bot.matching.rule_file import load_rules
from storage.words import RuleStatus

LOG = logging.getLogger("regwatch.rules")
FEEDS_FILE = "feeds.yaml"
RULES = "rules"  # note: why the rules on disk are refused; empty when they are in force
_OPEN_HEADERS = re.compile(r"(?i)accept(-\w+)?|referer")  # any other may hold a secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """One consistent set: a poll takes it once and keeps it to its end."""

    matcher: Matcher
    feeds: tuple[Feed, ...]
    digest: str
    loaded_at: datetime

    @property
    def ids(self) -> Mapping[str, Collection[str]]:
        """Return what settings may name: regulator, company, rule, feed -> its ids."""
        rules = self.matcher.rules
        return {
            "regulator": rules.lexicon.regulators,
            "company": rules.lexicon.companies,
            "rule": [rule.id for rule in rules.rules],
            "feed": [feed.id for feed in self.feeds],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Reloaded:
    """The files changed and are in force."""

    book: Book


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The files cannot be used; the last good set stays in force. `at_start`: it had to be taken from what was kept."""

    problems: tuple[Problem, ...]
    since: datetime
    at_start: bool = False


Fingerprint = tuple[tuple[str, int, int], ...]


@dataclass(slots=True)
class RuleBook:
    """Holds the current set. `refresh` may be called from any thread, `current` at any time."""

    directory: Path
    keep_in: Path | None  # the folder of the last good set
    _book: Book
    _loaded: Fingerprint  # of the files as last read, good or bad
    _seen: Fingerprint = ()  # as last looked at: files are read when they stood still between two looks
    _refused: Refused | None = None
    _news: Refused | None = None  # of the start, not yet told
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(cls, directory: Path, now: datetime, *, keep_in: Path | None = None) -> RuleBook:
        """Load the folder or, while it cannot be used, the last good set. Raises InvalidFiles where there is none."""
        prints = fingerprint(directory)
        refused = None
        try:
            book = load_book(directory, now)
        except InvalidFiles as error:
            kept = last_good_book(keep_in, directory) if keep_in is not None else None
            if kept is None:
                raise
            book = kept
            refused = Refused(problems=error.problems, since=now, at_start=True)
        return cls(
            directory=directory,
            keep_in=keep_in,
            _book=book,
            _loaded=prints,
            _seen=prints,
            _refused=refused,
            _news=refused,
        )

    def keep(self) -> None:
        """Write the set in force beside the database, for a restart while the files are bad."""
        if self.keep_in is None or self._refused is not None:
            return
        try:
            files = files_of(self.directory, self._book.feeds)
            if fingerprint(self.directory) == self._loaded:  # else they are no longer those that were read
                last_good.keep(self.keep_in, files, self._book.loaded_at)
        except OSError as error:
            LOG.warning("the last good rules cannot be kept in %s: %s", self.keep_in, error.strerror or error)

    @property
    def current(self) -> Book:
        """Return the set in force."""
        return self._book

    @property
    def refused(self) -> Refused | None:
        """Return why the files on disk are not in force, or None where they are."""
        return self._refused

    def refresh(self, now: datetime) -> Reloaded | Refused | None:
        """Reload when files changed and have stood still since the last call; None when there is no news.

        That the files were bad at the start is news to the first call.
        """
        with self._lock:
            if self._news is not None:
                news, self._news = self._news, None
                return news
            prints = fingerprint(self.directory)
            still, self._seen = prints == self._seen, prints
            if prints == self._loaded or not still:
                return None
            self._loaded = prints
            try:
                book = load_book(self.directory, now)
            except InvalidFiles as error:
                since = self._refused.since if self._refused else now
                self._refused = Refused(problems=error.problems, since=since)
                return self._refused
            self._book, self._refused = book, None
            self.keep()
            return Reloaded(book=book)


def load_book(directory: Path, now: datetime) -> Book:
    """Return the folder's rules and feeds. Raises InvalidFiles with the problems of both."""
    problems: list[Problem] = []
    feeds: tuple[Feed, ...] = ()
    try:
        feeds = load_catalog(directory / FEEDS_FILE)
    except InvalidFiles as error:
        problems.extend(error.problems)
    try:
        rules = load_rules(directory)
    except InvalidFiles as error:
        raise InvalidFiles([*problems, *error.problems]) from error
    problems += strange_authorities(
        directory / FEEDS_FILE, ((feed.id, feed.authority) for feed in feeds), rules.lexicon.regulators
    )
    if not any(rule.status is RuleStatus.LIVE for rule in rules.rules):
        problems.append(Problem(Place(str(directory)), "no rule is live", "a rule with status: live"))
    if problems:
        raise InvalidFiles(problems)
    return Book(matcher=Matcher(rules), feeds=feeds, digest=rules.digest, loaded_at=now)


def last_good_book(keep_in: Path, directory: Path) -> Book | None:
    """Return the last good set, None where there is none or this version cannot read it.

    Its feeds are those of feeds.yaml as it is now, where that can be used: what is kept holds no secrets of feeds.
    """
    kept = last_good.kept(keep_in)
    if kept is None:
        return None
    try:
        book = load_book(kept.folder, kept.at)
    except InvalidFiles as error:
        LOG.warning("the last good rules of %s cannot be used: %s", kept.folder, error.problems[0])
        return None
    try:
        feeds = load_catalog(directory / FEEDS_FILE)
    except InvalidFiles:
        return book
    named = ((feed.id, feed.authority) for feed in feeds)
    known = book.matcher.rules.lexicon.regulators
    return book if strange_authorities(directory / FEEDS_FILE, named, known) else replace(book, feeds=feeds)


def files_of(directory: Path, feeds: Iterable[Feed]) -> dict[str, bytes]:
    """Return what is kept of a folder, by name: the files of rules and lexicon, and the feeds without secrets."""
    paths = [*directory.glob("*.yaml"), *directory.glob("lexicon/*.yaml")]
    files = {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(paths)
        if path.name != FEEDS_FILE
    }
    open_feeds = [_without_secrets(feed) for feed in feeds if redact(feed.url) == feed.url]
    return {**files, FEEDS_FILE: "".join(map(entry_text, open_feeds)).encode() or b"[]\n"}


def _without_secrets(feed: Feed) -> Feed:
    headers = {name: value for name, value in feed.headers.items() if _OPEN_HEADERS.fullmatch(name)}
    return replace(feed, headers=headers)


def strange_authorities(
    file: Path, feeds: Iterable[tuple[str, str | None]], known: Collection[str]
) -> list[Problem]:
    """Return a problem for each feed whose authority no lexicon knows: its own acts would count as the press's."""
    return [
        Problem(
            Place(str(file)),
            f'feed "{feed}": unknown authority "{authority}"',
            f"one of {', '.join(list(known)[:12])}, …",
            did_you_mean(authority, list(known)),
        )
        for feed, authority in feeds
        if authority is not None and authority not in known
    ]


def fingerprint(directory: Path) -> Fingerprint:
    """Return name, time and size of every YAML file below the folder."""
    found = []
    for path in sorted(directory.rglob("*.yaml")):
        try:
            facts = path.stat()
        except OSError:
            # Editors replace files: one that is gone for a moment counts as changed.
            found.append((str(path), 0, 0))
            continue
        found.append((str(path), facts.st_mtime_ns, facts.st_size))
    return tuple(found)
