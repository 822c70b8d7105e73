"""Which way out leads to a destination: a Slack channel, the webhook, or the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TextIO

from bot.alerts.port import Port
from bot.clock import Clock
from bot.secrets import Secrets, misshapen

if TYPE_CHECKING:
    from bot.alerts.port import Outcome
    from bot.alerts.socket_mode import SocketMode
    from bot.config import SlackSettings
    from storage.hit_filter import HitFilter
    from storage.writer import Store

TERMINAL = "terminal"
WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The doors that are open; every destination but `webhook` and `terminal` is a Slack channel."""

    slack: Port | None = None
    webhook: Port | None = None
    terminal: Port | None = None

    def of(self, destination: str) -> Port | None:
        """Return the door to a destination, or None where what it needs is not configured."""
        if destination == TERMINAL:
            return self.terminal
        return self.webhook if destination == WEBHOOK else self.slack


def ways_out(settings: SlackSettings, secrets: Secrets, clock: Clock, out: TextIO) -> Ways:
    """Return the doors that these settings and secrets open; slack_sdk is imported only where it is needed."""
    from bot.alerts.console import ConsolePort

    slack: Port | None = None
    webhook: Port | None = None
    timeout = settings.timeout.total_seconds()
    if secrets.bot_token:
        from bot.alerts.slack import SlackCalls
        from bot.alerts.slack_port import SlackPort

        token = secrets.bot_token.reveal()
        calls = SlackCalls(token, clock=clock, api_url=settings.api_url, timeout=timeout)
        slack = SlackPort(calls, buttons=bool(secrets.app_token))
    if secrets.webhook_url:
        from bot.alerts.slack import WebhookCalls
        from bot.alerts.webhook import WebhookPort

        webhook = WebhookPort(WebhookCalls(secrets.webhook_url.reveal(), clock=clock, timeout=timeout))
    return Ways(slack=slack, webhook=webhook, terminal=ConsolePort(out))


def home_of(settings: SlackSettings, secrets: Secrets) -> str:
    """Return where alerts go that no route takes: the channel, else the webhook, else the terminal."""
    if secrets.bot_token and settings.channel:
        return settings.channel
    return WEBHOOK if secrets.webhook_url else TERMINAL


def slips(settings: SlackSettings, secrets: Secrets) -> tuple[str, ...]:
    """Return what in settings and secrets keeps alerts from Slack although somebody meant to send them there."""
    # A unit or a container wants the token's file also where a webhook is all that there is.
    meant = {"SLACK_BOT_TOKEN_FILE"} if secrets.webhook_url else set()
    found = [*misshapen(secrets)]
    found += [
        f"{name} names an empty file: write the secret into it, or leave {name} out"
        for name in secrets.empty
        if name not in meant
    ]
    if settings.channel and not (secrets.bot_token or secrets.webhook_url):
        found.append(
            f"slack.channel is {settings.channel}, but SLACK_BOT_TOKEN is absent or empty: alerts go to the terminal"
        )
    if secrets.bot_token and not settings.channel:
        found.append("there is a SLACK_BOT_TOKEN but no slack.channel: set it, or alerts do not go there")
    if secrets.webhook_url and not secrets.bot_token:
        found += [
            f"slack.{key} wants SLACK_BOT_TOKEN: a webhook posts to its own channel, where everything goes"
            for key, value in (("routes", settings.routes), ("ops_channel", settings.ops_channel))
            if value
        ]
    return tuple(found)


def socket_mode(
    settings: SlackSettings,
    secrets: Secrets,
    clock: Clock,
    store: Store,
    filter_of: Callable[[Sequence[str], datetime], HitFilter],
) -> SocketMode | None:
    """Return what answers buttons and `/regwatch`, not yet started; None without both tokens.

    `filter_of` reads the words of `/regwatch hits`: `bot.cli.slash.slash_filter`.
    """
    if not (secrets.app_token and secrets.bot_token):
        return None
    from bot.alerts.action_store import DatabaseActions
    from bot.alerts.private_answer import PrivateAnswer
    from bot.alerts.slack import SlackCalls, WebhookCalls
    from bot.alerts.socket_mode import SocketMode

    timeout = settings.timeout.total_seconds()
    opener = SlackCalls(secrets.app_token.reveal(), clock=clock, api_url=settings.api_url, timeout=timeout)
    poster = SlackCalls(secrets.bot_token.reveal(), clock=clock, api_url=settings.api_url, timeout=timeout)

    def open_url() -> str:
        answer = opener.call("apps.connections.open", json={})
        return str(answer.get("url") or "") if isinstance(answer, Mapping) else ""

    def post(url: str, body: Mapping[str, object]) -> Outcome:
        return WebhookCalls(url, clock=clock, timeout=timeout).send(body)

    return SocketMode(
        open_url=open_url,
        store=DatabaseActions(store, filter_of),
        answer=PrivateAnswer(poster, post, api_url=settings.api_url),
        clock=clock,
        now=clock.now,
    )
