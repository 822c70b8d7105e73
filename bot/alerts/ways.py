"""Which way out leads to a destination: a Slack channel, the webhook, or the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from bot.alerts.port import Port
from bot.clock import Clock
from bot.secrets import Secrets

if TYPE_CHECKING:
    from bot.config import SlackSettings

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
