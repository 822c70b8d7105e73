"""`regwatch alerts`: what was told and what waits; sending again; proving that Slack takes our messages."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.cli.common import (
    add_config_option,
    add_format_option,
    database_of,
    epilog,
    iso,
    printable,
    settings_of,
    write_rows,
)
from bot.errors import OperationError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.alerts.port import Outcome
    from bot.alerts.slack_port import SlackPort
    from storage.records import Delivery

STATES = ("pending", "sending", "sent", "failed", "unknown", "dead", "skipped")
_SHOWN = ("id", "state", "created", "to", "action", "level", "attempts", "text", "error")


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command group."""
    parser = commands.add_parser(
        "alerts",
        help="deliveries: list, retry, test",
        description="What was told, where, and how far each telling has come.",
        epilog=epilog(
            "regwatch alerts list --state failed,dead    what did not arrive, and why",
            "regwatch alerts retry --dead                send again what Slack refused",
            "regwatch alerts test                        post a test message and print its address",
        ),
    )
    verbs = parser.add_subparsers(metavar="VERB", title="verbs")
    parser.set_defaults(handler=_help(parser))
    _register_list(verbs)
    _register_retry(verbs)
    _register_test(verbs)


def _register_list(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "list",
        help="deliveries, newest first",
        description="Deliveries, newest first. JSON carries every field, a digest of the payload included.",
        epilog=epilog(
            "regwatch alerts list --state sent --limit 20", "regwatch alerts list --to '#cma' --format json"
        ),
    )
    parser.add_argument("--state", metavar="STATE[,STATE]", help=f"only these: {', '.join(STATES)}")
    parser.add_argument("--to", metavar="DESTINATION", help="a channel as configured, webhook, or terminal")
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="at most so many (default: 50)")
    add_format_option(parser)
    add_config_option(parser)
    parser.set_defaults(handler=list_deliveries)


def _register_retry(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "retry",
        help="send dead, failed or skipped deliveries again",
        description="Put deliveries back as if new; a running bot, or `regwatch run --once`, sends them. What the settings "
        "route elsewhere by now goes there, with all that waits behind it; in another channel a reply becomes a message "
        "of its own. Says what else could be retried.",
        epilog=epilog(
            "regwatch alerts retry 17 18",
            "regwatch alerts retry --failed --dead       after a channel was mended, or another one named",
        ),
    )
    parser.add_argument(
        "ids", nargs="*", type=int, metavar="ID", help="deliveries, as `alerts list` numbers them"
    )
    parser.add_argument("--dead", action="store_true", help="all that Slack refused")
    parser.add_argument("--failed", action="store_true", help="all that wait for another try: try now")
    add_config_option(parser)
    parser.set_defaults(handler=_retry)


def _register_test(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "test",
        help="post a test message and read Slack's answer",
        description="Post a test message, print its address, and look for it in the channel's history, which the "
        "bot must be able to read to never post twice. Names the missing scope if one is. Exit code 1 on any trouble.",
        epilog=epilog("regwatch alerts test", "regwatch alerts test --to '#cma'"),
    )
    parser.add_argument("--to", metavar="DESTINATION", default="", help="default: where alerts go")
    add_config_option(parser)
    parser.set_defaults(handler=test)


def _retry(args: argparse.Namespace) -> int:
    from bot.cli.alerts_retry import retry

    return retry(args)


def list_deliveries(args: argparse.Namespace) -> int:
    """Print deliveries."""
    from storage.reader import open_reader
    from storage.words import DeliveryState

    words = [word.strip() for word in (args.state or "").split(",") if word.strip()]
    if wrong := [word for word in words if word not in STATES]:
        raise UsageError(f"no such state: {printable(wrong[0])}; there are {', '.join(STATES)}")
    if args.limit < 1:
        raise UsageError("--limit is at least 1")
    with open_reader(database_of(args)) as reader:
        states = tuple(DeliveryState(word) for word in words)
        found = reader.deliveries(states=states, destination=args.to, limit=args.limit)
    write_rows([_row(delivery) for delivery in found], _SHOWN, args.format)
    return 0


def test(args: argparse.Namespace) -> int:
    """Post a test message and say what became of it."""
    from bot.alerts.slack_port import SlackPort
    from bot.alerts.ways import TERMINAL, WEBHOOK, home_of, ways_out
    from bot.clock import SystemClock
    from bot.log import log_to_stderr
    from bot.secrets import load_secrets

    settings = settings_of(args)
    secrets = load_secrets(os.environ)
    clock = SystemClock()
    to = args.to or home_of(settings.slack, secrets)
    port = ways_out(settings.slack, secrets, clock, sys.stdout).of(to)
    if port is None:
        needs = "SLACK_WEBHOOK_URL" if to == WEBHOOK else "SLACK_BOT_TOKEN"
        raise OperationError(f"cannot reach {to}: set {needs}, or {needs}_FILE")
    delivery = _test_delivery(to, clock.now())
    with log_to_stderr(verbose=False, quiet=True):  # what went wrong is said below, in words
        outcome = port.send(delivery, delivery.message, None)
    if trouble := _trouble(outcome, to):
        print(f"not delivered to {printable(to)}: {printable(trouble)}")
        return 1
    if isinstance(port, SlackPort):
        return _prove(port, delivery, outcome)
    if to == TERMINAL:
        print("delivered to this terminal; for Slack set slack.channel and SLACK_BOT_TOKEN")
    else:
        print(
            "delivered by webhook; it tells no address, keeps no threads, and cannot be checked for doubles"
        )
    return 0


def _prove(port: SlackPort, delivery: Delivery, outcome: Outcome) -> int:
    """Print where it stands, and whether it can be found again."""
    from bot.alerts.port import CannotLook, Posted

    ref = outcome.ref if isinstance(outcome, Posted) else None
    if ref is None:
        return 1
    address = port.permalink(ref)
    print(f"delivered: {printable(address) or f'channel {ref.channel_id}, message {ref.ts}'}")
    sighting = port.find(delivery, None)
    if isinstance(sighting, CannotLook):
        print(f"but the channel's history cannot be read: {printable(sighting.code)}")
        print(
            "  after a crash an alert may then be posted twice, ten minutes late; see deploy/slack-app.yaml"
        )
        return 1
    print("the channel's history can be read: an interrupted delivery is looked for before it is sent again")
    return 0


def _test_delivery(to: str, now: datetime) -> Delivery:
    from bot.alerts.ops import ops_delivery, unrecorded

    text = f"a test message, sent at {iso(now)} by `regwatch alerts test`"
    return unrecorded(replace(ops_delivery("test", text, to, now), reason="test"), now)


def _trouble(outcome: Outcome, to: str) -> str:
    """Return what went wrong and what to do next, or nothing."""
    from bot.alerts.port import Fault, Posted, Refused
    from bot.alerts.ways import WEBHOOK

    if isinstance(outcome, Posted):
        return ""
    if not isinstance(outcome, Refused):
        return f"{outcome.code}; nothing lasting, try again"
    said = f"{outcome.code} ({outcome.detail})" if outcome.detail else outcome.code
    match outcome.fault, outcome.code:
        case ((Fault.DESTINATION | Fault.APP), _) if to == WEBHOOK:
            return (
                f"{said}; the webhook, or its channel, is gone: make a new one on the app's page, Incoming Webhooks, "
                "set SLACK_WEBHOOK_URL, and restart the bot"
            )
        case _, "missing_scope":
            return f"{said}; add it under OAuth & Permissions, reinstall the app (deploy/slack-app.yaml has the list)"
        case _, "not_in_channel":
            return f"{said}; invite the app: /invite @regwatch in {to}"
        case _, "is_archived":
            return f"{said}; name another channel in slack.channel, or unarchive {to}"
        case Fault.DESTINATION, _:
            return f"{said}; check slack.channel, and that the app is in a private channel"
        case Fault.APP, _:
            return f"{said}; check SLACK_BOT_TOKEN"
        case _:
            return said


def _row(delivery: Delivery) -> dict[str, object]:
    text = delivery.message.text
    return {
        "id": delivery.id,
        "state": delivery.state.value,
        "created": iso(delivery.created_at),
        "to": delivery.destination,
        "action": delivery.action.value,
        "level": delivery.level.value,
        "attempts": delivery.attempts,
        "text": _first_line(text),
        "error": delivery.error,
        "reason": delivery.reason,
        "matter": delivery.matter,
        "not_before": iso(delivery.not_before),
        "attempted_at": iso(delivery.attempted_at),
        "sent_at": iso(delivery.sent_at),
        "channel_id": delivery.channel_id,
        "ts": delivery.ts,
        "permalink": delivery.permalink,
        "payload_sha256": hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
        "key": delivery.key,
    }


def _first_line(text: str) -> str:
    import html

    line = html.unescape(text.split("\n", 1)[0])
    return line if len(line) <= 90 else line[:89] + "…"


def _help(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    def handler(_args: argparse.Namespace) -> int:
        parser.print_help()
        return 2

    return handler
