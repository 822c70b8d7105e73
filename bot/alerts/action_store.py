"""The database as buttons and the slash command see it. Reads and writes through the store; decides nothing."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.errors import RegwatchError
from storage.errors import StorageError
from storage.hit_filter import HitFilter
from storage.outbox import Outbox
from storage.reader import open_reader
from storage.records import Delivery, Feedback, Hit, Silence
from storage.writer import Store

_SHOWN = 10
_NEARLY = timedelta(hours=1)


class DatabaseActions:
    """`filter_of` reads the words of `/regwatch hits`; it may raise a RegwatchError, which is shown."""

    def __init__(self, store: Store, filter_of: Callable[[Sequence[str], datetime], HitFilter]) -> None:
        self._store = store
        self._outbox = Outbox(store)
        self._filter_of = filter_of

    def delivery(self, number: int) -> Delivery | None:
        """Return a delivery."""
        return self._outbox.get(number)

    def record_feedback(self, delivery: Delivery, verdict: str, who: str, at: datetime) -> int:
        """Store what a person said of the delivery's hits; saying it again changes nothing but the time."""
        hits = self._hits_of(delivery)
        with self._store.writing() as tx:
            return sum(
                tx.add_feedback(Feedback(hit_id=hit.id, mark=verdict, author=who, at=at)) for hit in hits
            )

    def add_silence(self, matter: str, who: str, at: datetime, until: datetime) -> bool:
        """Mute a matter unless it is muted for about as long already."""
        with self._store.writing() as tx:
            if any(s.matter == matter and s.until >= until - _NEARLY for s in tx.silences(at)):
                return False
            reason = "muted for 7 days from Slack"
            tx.add_silence(
                Silence(id=0, author=who, reason=reason, created_at=at, until=until, matter=matter)
            )
        return True

    def why(self, delivery: Delivery) -> str:
        """Return the rule, the sentence and the reason of each hit."""
        lines = [f"Delivery {delivery.id}: {delivery.reason}, level {delivery.level.value}."]
        for hit in self._hits_of(delivery)[:_SHOWN]:
            words = ", ".join(dict.fromkeys(span.text for span in hit.spans))
            lines.append(f"Rule {hit.rule} matched “{hit.sentence[:300]}” on: {words[:300] or 'facts'}.")
            if hit.why:
                lines.append(hit.why)
            lines.append(f"More: regwatch hits show {hit.id}")
        if len(lines) == 1:
            lines.append("No stored hit stands behind it.")
        return "\n".join(lines)

    def hits(self, words: Sequence[str], now: datetime) -> str:
        """Return the newest hits, one a line."""
        try:
            wanted = self._filter_of(words, now)
            with open_reader(self._store.path) as reader:
                page = reader.hits(wanted)
        except (RegwatchError, StorageError) as error:
            return str(error)
        lines = [
            f"{hit.matched_at:%Y-%m-%d} {hit.level.value} {hit.title} {hit.url}" for hit in page.hits[:_SHOWN]
        ]
        if not lines:
            return "No hits."
        more = f"… and {page.total - len(lines)} more: regwatch hits" if page.total > len(lines) else ""
        return html.unescape("\n".join([*lines, *([more] if more else [])]))

    def _hits_of(self, delivery: Delivery) -> tuple[Hit, ...]:
        """Return the hits of the articles that the delivery tells of, the posted ones first."""
        with self._store.connected() as connection:
            found = connection.execute(
                "SELECT article_id FROM delivery_articles WHERE delivery_id = ?", (delivery.id,)
            )
            articles = [int(row[0]) for row in found]
        with open_reader(self._store.path) as reader:
            return tuple(
                hit
                for article in articles
                for hit in reader.hits_of_article(article)
                if delivery.matter is None or hit.matter in (delivery.matter, None)
            )
