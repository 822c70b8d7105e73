"""Tells one person something in Slack, privately: through the answer address of their click or command."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from bot.alerts.escape import escaped
from bot.alerts.message import plain_message
from bot.alerts.port import Outcome, Posted
from bot.alerts.slack_port import Calls

LOG = logging.getLogger("regwatch.socket_mode")
_HOSTS = ("hooks.slack.com", "hooks.slack-gov.com")


class PrivateAnswer:
    """`post` sends fields to an address (`WebhookCalls(url).send`); only Slack's own hosts are ever called.

    `api_url` is Slack's base address: where it is another host (an emulator), that host counts as Slack's.
    """

    def __init__(
        self, calls: Calls, post: Callable[[str, Mapping[str, object]], Outcome], *, api_url: str
    ) -> None:
        self._calls = calls
        self._post = post
        self._home = urlsplit(api_url)

    def __call__(self, *, response_url: str, channel: str, user: str, text: str) -> None:
        """Send plain text; a failure is logged, nothing is raised."""
        shown = plain_message(text, room=2_900).text
        if self._is_slacks(response_url):
            body = {"response_type": "ephemeral", "replace_original": False, "text": shown}
            if isinstance(self._post(response_url, body), Posted):
                return
        if not (channel and user):
            LOG.warning("an answer has nowhere to go")
            return
        answer = self._calls.call(
            "chat.postEphemeral", json={"channel": channel, "user": user, "text": shown}
        )
        if not isinstance(answer, Mapping):
            LOG.warning("an answer could not be given: %s", escaped(getattr(answer, "code", "")))

    def _is_slacks(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            return False
        if parts.scheme == "https" and host in _HOSTS and port is None:
            return True
        ours = (self._home.scheme, self._home.hostname, self._home.port)
        return self._home.hostname != "slack.com" and (parts.scheme, host, port) == ours
