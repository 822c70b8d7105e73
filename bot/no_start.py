"""The last word of a bot that cannot start: no rules, and no last good set either. A restart loop tells it once a day."""

from __future__ import annotations

import logging
import sys
from datetime import timedelta
from pathlib import Path

from bot.alerts.ops import ops_delivery
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
