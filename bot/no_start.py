"""The last word of a bot that cannot start: no rules and no last good set, or no database. A restart loop tells it once a day."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from bot.alerts.ops import ops_delivery, unrecorded
from bot.alerts.pacing import Pacing
from bot.alerts.pump import Pump
from bot.alerts.ways import TERMINAL, WEBHOOK, home_of, ways_out
from bot.clock import Clock
from bot.config import Settings
from bot.errors import InvalidFiles, sentence
from bot.rulebook import RULES
from bot.secrets import Secrets
from storage.database import open_store
from storage.errors import StorageError
from storage.lock import single_instance
from storage.outbox import Outbox
from storage.records import NewDelivery
from storage.writer import Store

LOG = logging.getLogger("regwatch.rules")
WITHIN = timedelta(seconds=20)


def tell_no_start(settings: Settings, secrets: Secrets, error: InvalidFiles, clock: Clock) -> None:
    """Post why the bot ends to the ops channel, else to where alerts go; nothing where Slack is not set up.

    A database that cannot be used is logged: the rules are what the person is to hear of.
    """
    home = home_of(settings.slack, secrets)
    if home in (TERMINAL, WEBHOOK):
        return
    channel = settings.slack.ops_channel or home
    more = f" (and {len(error.problems) - 1} more)" if len(error.problems) > 1 else ""
    text = (
        f"regwatch cannot start, and watches nothing: rules refused, and there is no last good set: "
        f"{sentence(f'{error.problems[0]}{more}')} Run `regwatch rules lint`."
    )
    word = ops_delivery(f"no-start:{text}", text, channel, clock.now(), daily=True)
    database = Path(settings.database.removeprefix("sqlite:///"))
    try:
        with single_instance(database, clock.now()):
            store = open_store(settings.database)
            try:
                _post(store, settings, secrets, word, clock)
            finally:
                store.close()
    except StorageError as trouble:
        LOG.error("%s; and Slack was not told: %s", text, trouble)  # noqa: TRY400 - the message says it all


def tell_no_database(settings: Settings, secrets: Secrets, error: StorageError, clock: Clock) -> None:
    """Post, past the database that cannot be used, why the bot ends; nothing where Slack is not set up."""
    home = home_of(settings.slack, secrets)
    database = Path(settings.database.removeprefix("sqlite:///"))
    now = clock.now()
    if home in (TERMINAL, WEBHOOK) or not _is_news(database, now):
        return
    channel = settings.slack.ops_channel or home
    text = f"regwatch cannot start, and watches nothing: {sentence(str(error))} `regwatch doctor` says more."
    word = ops_delivery("no-database", text, channel, now, daily=True)
    port = ways_out(settings.slack, secrets, clock, sys.stdout).of(channel)
    if port is not None:
        port.send(unrecorded(word, now), word.message, None)


def forget_no_database(settings: Settings) -> None:
    """Let the next trouble with the database be news again."""
    for stamp in _stamps(Path(settings.database.removeprefix("sqlite:///"))):
        with suppress(OSError):
            stamp.unlink(missing_ok=True)


def _is_news(database: Path, now: datetime) -> bool:
    """Remember the word in the time of an empty file, for which a full disk has room; not told where none can be made."""
    for stamp in _stamps(database):
        with suppress(OSError):
            if stamp.exists() and timedelta(0) <= now - _time_of(stamp) < timedelta(days=1):
                return False
            stamp.touch(mode=0o600)
            os.utime(stamp, (now.timestamp(), now.timestamp()))
            return True
    return False


def _stamps(database: Path) -> tuple[Path, Path]:
    """Return where the word is remembered: beside the database, else in the folder for temporary files."""
    mark = sha256(str(database.absolute()).encode()).hexdigest()[:12]
    return (
        database.with_name(f"{database.name}.no-start"),
        Path(tempfile.gettempdir()) / f"regwatch-{os.getuid()}-{mark}.no-start",
    )


def _time_of(stamp: Path) -> datetime:
    return datetime.fromtimestamp(stamp.stat().st_mtime, UTC)


def _post(store: Store, settings: Settings, secrets: Secrets, word: NewDelivery, clock: Clock) -> None:
    now = clock.now()
    with store.writing() as tx:
        tx.note(RULES, word.message.text, now)
        tx.enqueue([word], at=now)
    pump = Pump(
        book=Outbox(store),
        ways=ways_out(settings.slack, secrets, clock, sys.stdout),
        clock=clock,
        pacing=Pacing(gap=settings.slack.gap, settle=settings.slack.settle),
        warn=LOG.warning,
    )
    for trouble in pump.drain(WITHIN).troubles:
        LOG.error("%s", trouble)
