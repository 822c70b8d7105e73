"""Secrets: from the environment or from files that only their owner may read; never shown, never stored."""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from bot.errors import InvalidFiles, Place, Problem

NAMES = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_WEBHOOK_URL")
_SHAPES = re.compile(r"(xox[a-z]-|xapp-)[A-Za-z0-9-]+|hooks\.slack\.com/\S+")
_FORMS = {
    "SLACK_BOT_TOKEN": (re.compile(r"(xoxe\.)?xoxb-[A-Za-z0-9-]+"), "a bot token, xoxb-…"),
    "SLACK_APP_TOKEN": (re.compile(r"xapp-[A-Za-z0-9-]+"), "an app-level token, xapp-…"),
    # Plain http is for an emulator on this machine: on a network it shows the secret to everybody on the way.
    "SLACK_WEBHOOK_URL": (
        re.compile(r"(https://|http://(127\.0\.0\.1|localhost|\[::1\])[:/])[!-~]+"),
        "an address, https://hooks.slack.com/…",
    ),
}
_HOOK_HOSTS = ("hooks.slack.com", "hooks.slack-gov.com")
_MAX_BYTES = 10_000


class Secret:
    """A text that does not show itself; `reveal()` is the one way to it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret itself."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "Secret(…)" if self._text else "Secret()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What Slack asks for; all may be absent. `empty` names the variables whose file has nothing in it."""

    bot_token: Secret
    app_token: Secret
    webhook_url: Secret
    empty: tuple[str, ...] = ()


def load_secrets(environ: Mapping[str, str]) -> Secrets:
    """Return the secrets of `SLACK_…` or of the files that `SLACK_…_FILE` name. Raises InvalidFiles."""
    problems: list[Problem] = []
    found = {name: _secret(name, environ, problems) for name in NAMES}
    if problems:
        raise InvalidFiles(problems)
    return Secrets(
        bot_token=Secret(found["SLACK_BOT_TOKEN"] or ""),
        app_token=Secret(found["SLACK_APP_TOKEN"] or ""),
        webhook_url=Secret(found["SLACK_WEBHOOK_URL"] or ""),
        empty=tuple(f"{name}_FILE" for name, text in found.items() if text == ""),
    )


def misshapen(secrets: Secrets) -> tuple[str, ...]:
    """Return a line for each secret that cannot be what its name says; the secret itself is not in it."""
    given = zip(NAMES, (secrets.bot_token, secrets.app_token, secrets.webhook_url), strict=True)
    wrong = [
        _misshapen(name, secret.reveal())
        for name, secret in given
        if secret and not _FORMS[name][0].fullmatch(secret.reveal())
    ]
    if not wrong and (host := _strange_host(secrets.webhook_url.reveal())):
        wrong.append(
            f"SLACK_WEBHOOK_URL leads to {host}, not to {_HOOK_HOSTS[0]}: copy it again from the app's page, "
            "Incoming Webhooks"
        )
    return tuple(wrong)


def _strange_host(url: str) -> str:
    """Return the host of a webhook where it is neither Slack's nor a private one, as an emulator or a relay is."""
    host = (urlsplit(url).hostname or "").casefold()
    try:
        private = not ip_address(host).is_global
    except ValueError:
        private = "." not in host
    return "" if private or host in _HOOK_HOSTS else host


def _misshapen(name: str, text: str) -> str:
    wanted = _FORMS[name][1]
    for other, (form, what) in _FORMS.items():
        if form.fullmatch(text):
            return f"{name} holds {what}: put that into {other}, and {wanted}, here"
    return f"{name} has not the form of {wanted}: copy it again from the app's page, without quotes or spaces"


def _secret(name: str, environ: Mapping[str, str], problems: list[Problem]) -> str | None:
    """Return the secret; nothing of a file without one; None where neither variable is set."""
    if text := environ.get(name, "").strip():
        return text
    file = environ.get(f"{name}_FILE", "").strip()
    if not file:
        return None
    at = Place(f"{name}_FILE")
    try:
        mode = Path(file).stat().st_mode
        if mode & (stat.S_IRGRP | stat.S_IROTH) and not file.startswith("/run/"):
            problems.append(Problem(at, f"{file} can be read by others", "mode 0600", f"chmod 600 {file}"))
            return None
        with Path(file).open("rb") as stream:
            return stream.read(_MAX_BYTES).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        problems.append(Problem(at, f"{file} cannot be read: {reason}"))
        return None


def redacted(text: str) -> str:
    """Return the text with everything that looks like a Slack secret masked."""
    return _SHAPES.sub("[secret]", text)
