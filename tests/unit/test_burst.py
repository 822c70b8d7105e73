"""The burst cap of a bot that runs for good: many feeds that each bring one alert make one list."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import open_app
from bot.config_file import load_settings
from bot.jobs import Jobs
from bot.secrets import Secret, Secrets
from tests.bot_world import World, item, rss
from tests.clock import FakeClock
from tests.fake_slack import TOKEN

SECRETS = Secrets(bot_token=Secret(TOKEN), app_token=Secret(""), webhook_url=Secret(""))
NAMES = "abcde"


def test_what_comes_beyond_the_cap_waits_for_its_like(tmp_path: Path) -> None:
    """Each poll would otherwise post a list of one, and the cap would hold nothing back."""
    clock = FakeClock(datetime.now(UTC))  # the fake Slack and the feeds' dates live by the real one
    with World(tmp_path, shipped=False, extra="burst: {messages: 2, window: 10m}\n") as world:
        for name in NAMES:
            world.feed(name, rss([]))
        world.write()
        settings = load_settings(world.config, {})
        with open_app(settings, SECRETS, world.rules, clock=clock, for_good=True) as app:
            jobs = Jobs(app=app, stopping=threading.Event())
            for feed in jobs.feeds():
                jobs.poll(feed)
            for name in NAMES:
                world.serve(name, rss([item(name, f"A zebrafish swims, mark-{name}")]))
            for feed in jobs.feeds():
                jobs.poll(feed)
                jobs.chores()
                jobs.deliver()
            assert len(world.told()) == 2
            clock.forward(timedelta(seconds=31))
            jobs.chores()
            jobs.deliver()
            jobs.poller.close()
        (_, _, rest) = world.told()
        assert "3 more alerts in a short time, together" in rest
        assert world.counts(f"mark-{name}" for name in NAMES) == {f"mark-{name}": 1 for name in NAMES}
