"""The composition root: settings in, a wired bot out; the only place that opens a store for the bot."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bot.alerts.ways import Ways, home_of, ways_out
from bot.clock import Clock, SystemClock
from bot.config import Settings
from bot.errors import InvalidFiles
from bot.feeds.fetch import Fetcher
from bot.feeds.parse import Parser
from bot.last_good import folder_beside
from bot.no_start import forget_no_database, tell_no_database, tell_no_start
from bot.pipeline import Pipeline
from bot.plan import PlanSettings
from bot.rulebook import RuleBook
from bot.secrets import Secrets
from storage.database import open_store
from storage.errors import AlreadyRunning, StorageError
from storage.lock import single_instance
from storage.outbox import Outbox
from storage.writer import Store

_PARSERS = 2  # children: enough for two cores, and one slow body does not hold the others up


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Everything that the bot runs on."""

    settings: Settings
    clock: Clock
    store: Store
    outbox: Outbox
    book: RuleBook
    pipeline: Pipeline
    ways: Ways
    fetcher: Fetcher
    plan_settings: PlanSettings


def plan_settings_of(settings: Settings, secrets: Secrets) -> PlanSettings:
    """Return what of the settings decides over telling."""
    home = home_of(settings.slack, secrets)
    slack = bool(secrets.bot_token)
    return PlanSettings(
        channel=home,
        ops_channel=settings.slack.ops_channel if slack else "",
        # Routes name channels: without a token all goes the one way that is open.
        routes=settings.slack.routes if slack else (),
        max_age=settings.max_age,
        burst=settings.burst,
        burst_window=settings.burst_window,
        quiet_hours=settings.quiet_hours,
    )


@contextmanager
def open_app(
    settings: Settings, secrets: Secrets, rules: Path, *, clock: Clock | None = None, for_good: bool = False
) -> Iterator[App]:
    """Wire the bot, hold the single-instance lock, and close everything in the end.

    `for_good`: somebody will be there to send what waits, so that what comes beyond the burst cap waits for its like.

    Raises InvalidFiles for rules that cannot be used where no last good set is kept, StorageError for a database that
    cannot, having told Slack; AlreadyRunning where another bot runs on it.
    """
    clock = clock or SystemClock()
    database = Path(settings.database.removeprefix("sqlite:///"))
    try:
        book = RuleBook.open(rules, clock.now(), keep_in=folder_beside(database))
    except InvalidFiles as error:
        tell_no_start(settings, secrets, error, clock)
        raise
    with ExitStack() as stack:
        try:
            stack.enter_context(single_instance(database, clock.now()))
            book.keep()
            store = open_store(settings.database)
        except AlreadyRunning:
            raise
        except StorageError as error:
            tell_no_database(settings, secrets, error, clock)
            raise
        stack.callback(store.close)
        forget_no_database(settings)
        parser = Parser(workers=_PARSERS, clock=clock)
        stack.callback(parser.close)
        fetcher = Fetcher(network=settings.network, clock=clock)
        stack.callback(fetcher.close)
        plan_settings = replace(plan_settings_of(settings, secrets), hold_roll_ups=for_good)
        yield App(
            settings=settings,
            clock=clock,
            store=store,
            outbox=Outbox(store),
            book=book,
            pipeline=Pipeline(
                store=store,
                fetcher=fetcher,
                parser=parser,
                plan_settings=plan_settings,
                min_interval=settings.network.min_interval,
                clock=clock,
            ),
            ways=ways_out(settings.slack, secrets, clock, sys.stdout),
            fetcher=fetcher,
            plan_settings=plan_settings,
        )
