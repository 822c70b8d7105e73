"""Settings: what can be set, as frozen values with defaults that work. Contains no I/O.

`bot.config_file` reads them from regwatch.yaml and the environment. Secrets never stand here: see `bot.secrets`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from types import MappingProxyType

from bot.defaults import DEFAULT_DATABASE
from storage.light import NamedTuple
from storage.words import Level, Tier

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class RouteSettings(NamedTuple):
    """Alerts that fit every stated word go to the channel `to`; an empty tuple fits all.

    `level` is a floor. `stop` keeps later routes from being looked at.
    """

    to: str
    kinds: tuple[str, ...] = ()
    level: Level | None = None
    regulators: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    stop: bool = False


class SlackSettings(NamedTuple):
    """Where alerts go. `settle` is how long Slack's history may lag behind a post."""

    channel: str = ""
    ops_channel: str = ""
    routes: tuple[RouteSettings, ...] = ()
    api_url: str = "https://slack.com/api/"
    settle: timedelta = timedelta(seconds=30)
    timeout: timedelta = timedelta(seconds=15)
    gap: timedelta = timedelta(milliseconds=1100)


class NetworkSettings(NamedTuple):
    """How feeds are fetched; `private_hosts` (host or host:port) alone may be non-public."""

    workers: int = 16
    contact: str = ""
    min_interval: timedelta = timedelta(minutes=5)
    host_gap: timedelta = timedelta(seconds=1)
    private_hosts: tuple[str, ...] = ()


class QuietSettings(NamedTuple):
    """From `start` to `end` in `zone` alerts wait, all but critical ones; `days` where it starts."""

    zone: str = "UTC"
    start: time = time(20, 0)
    end: time = time(7, 0)
    weekends: bool = True


class DigestSettings(NamedTuple):
    """When and where the brief is posted; `day` None means daily."""

    zone: str = "UTC"
    at: time = time(8, 0)
    day: str | None = "fri"
    channel: str = ""


class RetentionSettings(NamedTuple):
    """How long texts of articles that never hit, and raw fetches, are kept."""

    bodies: timedelta = timedelta(days=400)
    evidence: timedelta = timedelta(days=400)


class Settings(NamedTuple):
    """All that can be set; every field has a default that works."""

    database: str = DEFAULT_DATABASE
    rules: Path | None = None
    slack: SlackSettings = SlackSettings()
    network: NetworkSettings = NetworkSettings()
    max_age: Mapping[Tier, timedelta] = MappingProxyType(
        {Tier.OFFICIAL: timedelta(days=30), Tier.PRESS: timedelta(days=7), Tier.BLOG: timedelta(days=7)}
    )
    burst: int = 10
    burst_window: timedelta = timedelta(minutes=10)
    quiet_hours: QuietSettings | None = None
    digest: DigestSettings | None = None
    retention: RetentionSettings = RetentionSettings()
    heartbeat_url: str = ""
    file: Path | None = None  # where the settings came from
    warnings: tuple[str, ...] = ()

    @property
    def home(self) -> Path:
        """Return the folder that relative paths start from: the settings file's, else the current one."""
        return self.file.parent if self.file else Path.cwd()
