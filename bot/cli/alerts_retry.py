"""`regwatch alerts retry`: put deliveries back, to where they go by the settings as they are now."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from bot.cli.common import database_path, printable, settings_of
from bot.errors import UsageError
from storage.put_back import Became
from storage.words import DeliveryState

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.secrets import Secrets
    from storage.reader import Reader
    from storage.records import Delivery

_ALL = 100_000
_OPTIONS = {DeliveryState.FAILED: "--failed", DeliveryState.DEAD: "--dead"}
Ways = Mapping[int, Sequence[str]]  # delivery → where it goes now; nothing: where it was to go


def retry(args: argparse.Namespace) -> int:
    """Put deliveries back, and say what became of them; 1 when one that was named could not be."""
    from bot.secrets import load_secrets
    from storage.database import open_store
    from storage.outbox import Outbox
    from storage.reader import open_reader

    if not (args.ids or args.dead or args.failed):
        raise UsageError("name deliveries by ID, or say --dead or --failed")
    settings = settings_of(args)
    secrets = load_secrets(os.environ)
    store = open_store(settings.database, create=False)
    try:
        outbox = Outbox(store)
        chosen = [d for number in dict.fromkeys(args.ids) if (d := outbox.get(number)) is not None]
        for wanted, state in ((args.dead, DeliveryState.DEAD), (args.failed, DeliveryState.FAILED)):
            chosen += outbox.list(states=(state,), limit=_ALL) if wanted else ()
        with open_reader(database_path(settings)) as reader:
            ways = _ways(reader, chosen, settings, secrets)
            left = {one.destination for one in chosen if ways[one.id]}
            behind = [d for name in left for d in _waiting(reader, name)]
            waiting = {n: to for n, to in _ways(reader, behind, settings, secrets).items() if to}
        became = outbox.put_back({**waiting, **ways})
        for number in set(args.ids) - set(ways):
            became[number] = Became.LEFT
        rest = [(state, len(outbox.list(states=(state,), limit=_ALL))) for state in _OPTIONS]
    finally:
        store.close()
    asked = {n: what for n, what in became.items() if n not in waiting}
    _say(asked, [what for n, what in became.items() if n in waiting], {**waiting, **ways})
    _say_rest(rest)
    return 1 if Became.LEFT in asked.values() else 0


def _ways(reader: Reader, deliveries: Iterable[Delivery], settings: Settings, secrets: Secrets) -> Ways:
    """Return where each delivery goes now."""
    from bot.alerts.readdress import Addresses, destinations_now, home_now

    slack, digest = settings.slack, settings.digest
    found: dict[int, Sequence[str]] = {}
    for one in deliveries:
        home = home_now(
            slack.channel, one.destination, token=bool(secrets.bot_token), webhook=bool(secrets.webhook_url)
        )
        addresses = Addresses(
            home=home, ops=slack.ops_channel, digest=digest.channel if digest else "", routes=slack.routes
        )
        matter = reader.matter(one.matter) if one.matter is not None else None
        found[one.id] = destinations_now(one, reader.hits_told(one), matter, addresses)
    return found


def _waiting(reader: Reader, destination: str) -> tuple[Delivery, ...]:
    return reader.deliveries(states=(DeliveryState.PENDING,), destination=destination, limit=_ALL)


def _say(wanted: Mapping[int, Became], behind: Sequence[Became], ways: Ways) -> None:
    counts = Counter(wanted.values())
    back = counts[Became.BACK] + counts[Became.MOVED]
    print(f"{back} of {len(wanted)} put back; a running bot sends them, or `regwatch run --once`")
    if moved := counts[Became.MOVED]:
        names = sorted({name for number in wanted for name in ways.get(number, ())})
        also = f", and {len(behind)} that waited behind them" if behind else ""
        print(f"  by the settings as they are now, {moved} go to {printable(', '.join(names))}{also}")
    if told := counts[Became.TOLD]:
        print(f"  {told} are settled: where they go now it is told already, or there is nothing to edit")
    if counts[Became.LEFT]:
        print(
            "  the others were sent, are on their way, or do not exist: regwatch alerts list", file=sys.stderr
        )


def _say_rest(rest: Iterable[tuple[DeliveryState, int]]) -> None:
    """Say what else could be put back."""
    for state, count in rest:
        if count:
            print(f"  {count} {state.value} ones are left: regwatch alerts retry {_OPTIONS[state]}")
