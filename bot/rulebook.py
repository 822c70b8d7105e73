"""The rules and feeds in force, and their hot reload: a bad file never replaces a good set."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bot.errors import InvalidFiles, Place, Problem, did_you_mean
from bot.feeds.catalog import load_catalog
from bot.feeds.feed import Feed
from bot.matching.matcher import Matcher
from bot.matching.rule_file import load_rules
from storage.words import RuleStatus

FEEDS_FILE = "feeds.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """One consistent set: a poll takes it once and keeps it to its end."""

    matcher: Matcher
    feeds: tuple[Feed, ...]
    digest: str
    loaded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reloaded:
    """The files changed and are in force; `changed` says whether the rules themselves did."""

    book: Book
    changed: bool
    repaired: bool  # the files were refused before


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The files changed and cannot be used; the last good set stays in force."""

    problems: tuple[Problem, ...]
    since: datetime


Fingerprint = tuple[tuple[str, int, int], ...]


@dataclass(slots=True)
class RuleBook:
    """Holds the current set. `refresh` may be called from any thread, `current` at any time."""

    directory: Path
    _book: Book
    _loaded: Fingerprint  # of the files as last read, good or bad
    _seen: Fingerprint = ()  # as last looked at: files are read when they stood still between two looks
    _refused: Refused | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(cls, directory: Path, now: datetime) -> RuleBook:
        """Load the folder. Raises InvalidFiles."""
        prints = fingerprint(directory)
        return cls(directory=directory, _book=load_book(directory, now), _loaded=prints, _seen=prints)

    @property
    def current(self) -> Book:
        """Return the set in force."""
        return self._book

    @property
    def refused(self) -> Refused | None:
        """Return why the files on disk are not in force, or None where they are."""
        return self._refused

    def refresh(self, now: datetime) -> Reloaded | Refused | None:
        """Reload when files changed and have stood still since the last call; None when there is no news."""
        with self._lock:
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
            reloaded = Reloaded(
                book=book, changed=book.digest != self._book.digest, repaired=self._refused is not None
            )
            self._book, self._refused = book, None
            return reloaded


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
