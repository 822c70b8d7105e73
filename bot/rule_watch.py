"""What is told of the rules while the bot runs: refused files, rules that are gone or fail, routes that never fit."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.alerts.routing import strange_words
from bot.app import App
from bot.errors import Problem, sentence
from bot.matching.examples import run_examples
from bot.matching.folder import never_read
from bot.matching.matcher import Matcher
from bot.rulebook import RULES, Book, Refused, Reloaded
from storage.words import RuleStatus

LOG = logging.getLogger("regwatch.rules")

LIVE_RULES = "live-rules"  # note: the ids of the rules in force, to tell when one no longer is
GONE_RULES = (
    "gone-rules"  # note: the ids of those that were told to be live no longer, to tell when one is again
)
FAILING = "rules-fail"  # note: which rule in force fails its own examples; empty when none does


class Tell(Protocol):
    """Says something to the people who run the bot; `daily`: once a day by its key."""

    def __call__(self, key: str, text: str, *, daily: bool = False) -> None:
        """Say it."""
        ...


@dataclass(slots=True)
class RuleWatch:
    """Looks at the rules now and then."""

    app: App
    tell: Tell
    _noticed: Book | None = None  # the rules that were last compared with those before
    _strange: tuple[str, ...] = ()  # what routes name and these rules do not have

    def look(self) -> None:
        """Take edited rules into force, and tell what is wrong with them."""
        self.reload()
        self.look_over()

    def reload(self) -> None:
        """Take edited rules into force; say so when they cannot be used, and when they can again."""
        news = self.app.book.refresh(self.app.clock.now())
        if isinstance(news, Refused):
            self._refused(news)
        elif isinstance(news, Reloaded):
            counts = len(news.book.matcher.rules.rules), len(news.book.feeds)
            LOG.info("rules reloaded: %d rules, %d feeds", *counts)
        if self.app.book.refused is None and self._noted(RULES):
            self._note(RULES, "")
            self.tell("rules:well", "rules are in force again")

    def _refused(self, news: Refused) -> None:
        text = refusal_text(news.problems, self.app.book.current.loaded_at if news.at_start else None)
        # A start is told once a day: `run --once` may come every few minutes.
        self.tell(f"rules:{text}", text, daily=news.at_start)
        noted = self.app.store.notes().get(RULES)
        since = noted[1] if noted is not None and noted[0] else news.since
        with self.app.store.writing() as tx:
            tx.note(RULES, text, since)

    def look_over(self) -> None:
        """Tell when a live rule no longer is, by an edit now or while the bot stood still, or fails its examples.

        And when a route names what the rules and feeds in force do not have.
        """
        book = self.app.book.current
        if book is self._noticed:
            return
        self._noticed = book
        self._compare(sorted(rule.id for rule in book.matcher.rules.rules if rule.status is RuleStatus.LIVE))
        failing = _first(_faults(book.matcher))
        if failing:
            text = f"rules in force fail their own examples: {sentence(failing)} Run `regwatch rules test`."
            self.tell(f"rules-fail:{book.digest}", text, daily=True)
        if failing != self._noted(FAILING):
            self._note(FAILING, failing)
        strange, before = strange_words(self.app.settings.slack.routes, book.ids), self._strange
        self._strange = strange
        if strange and strange != before:
            text = f"a route names what nothing has ({_first(strange)}). Mend it or the rules; `regwatch doctor` lists all."
            self.tell(f"routes:{text}", text, daily=True)
        for path in never_read(self.app.book.directory):
            LOG.warning("%s is never read: rule files are *.yaml in the rules folder itself", path)

    def _compare(self, live: list[str]) -> None:
        """Tell which rules are live no longer, and which of those are again."""
        before: list[str] = json.loads(self._noted(LIVE_RULES) or "[]")
        missed: list[str] = json.loads(self._noted(GONE_RULES) or "[]")
        when = self.app.clock.now().isoformat()
        if gone := [rule for rule in before if rule not in live]:
            text = (
                f"no longer live: {', '.join(gone)}. If nobody meant that, look at the last edit of the rules; "
                "`regwatch rules diff` shows what would be missed."
            )
            self.tell(f"rules-gone:{when}", text)
        if back := [rule for rule in missed if rule in live]:
            text = (
                f"live again: {', '.join(back)}. What came meanwhile was not matched by them: `regwatch rules backtest` "
                "shows what they find in the past."
            )
            self.tell(f"rules-back:{when}", text)
        if gone or back:
            self._note(GONE_RULES, json.dumps(sorted({*missed, *gone} - {*back})))
        if live != before:
            self._note(LIVE_RULES, json.dumps(live))

    def _noted(self, key: str) -> str:
        return self.app.store.notes().get(key, ("", None))[0]

    def _note(self, key: str, value: str) -> None:
        with self.app.store.writing() as tx:
            tx.note(key, value, self.app.clock.now())


def refusal_text(problems: Sequence[Problem], kept_at: datetime | None) -> str:
    """Return one line on refused files; `kept_at` is the age of the set that a start had to take instead."""
    when = f" (of {kept_at:%-d %B %Y, %H:%M} UTC, kept for restarts)" if kept_at is not None else ""
    first = _first([str(problem) for problem in problems])
    return (
        f"rules refused, the last good set stays in force{when}: {sentence(first)} Run `regwatch rules lint`."
    )


def _first(texts: Sequence[str]) -> str:
    more = f" (and {len(texts) - 1} more)" if len(texts) > 1 else ""
    return f"{texts[0]}{more}" if texts else ""


def _faults(matcher: Matcher) -> list[str]:
    """Return where a live rule does not do what its own examples say."""
    live = (rule for rule in matcher.rules.rules if rule.status is RuleStatus.LIVE)
    return [
        f"{result.example.at}: {rule.id}: {result.faults[0]}"
        for rule in live
        for result in run_examples(matcher, rule)
        if result.faults
    ]
