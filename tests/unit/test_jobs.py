"""The jobs: what is told when nothing can be recorded."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from bot.app import App, open_app
from bot.config import RouteSettings, Settings, SlackSettings
from bot.errors import Place, Problem
from bot.jobs import Jobs
from bot.rule_watch import refusal_text
from bot.secrets import Secret, Secrets
from storage.errors import StorageFull
from storage.records import FeedState
from storage.writer import Store
from tests.clock import FakeClock
from tests.fake_slack import TOKEN, FakeSlack
from tests.unit.alerts.outboxes import seconds_of
from tests.unit.storage.make import poll, save

RULES = Path(__file__).resolve().parents[2] / "rules"
SECRETS = Secrets(bot_token=Secret(TOKEN), app_token=Secret(""), webhook_url=Secret(""))


class FullStore:
    """A store whose disk is full."""

    def writing(self) -> None:
        message = "watch.db cannot be written: disk full"
        raise StorageFull(message)


def test_what_cannot_be_recorded_is_told_past_the_database_once_an_hour(tmp_path: Path) -> None:
    """A full disk reaches the ops channel, and does not flood it."""
    clock = FakeClock()
    secrets = Secrets(bot_token=Secret(TOKEN), app_token=Secret(""), webhook_url=Secret(""))
    with FakeSlack(clock=lambda: seconds_of(clock)) as slack:
        settings = Settings(
            database=f"sqlite:///{tmp_path / 'watch.db'}",
            slack=SlackSettings(channel="#alerts", ops_channel="#ops", api_url=slack.api_url),
        )
        with open_app(settings, secrets, RULES, clock=clock) as app:
            jobs = Jobs(app=replace(app, store=cast("Store", FullStore())), stopping=threading.Event())
            jobs.tell("one", "job poll failed")
            jobs.tell("two", "job poll failed again")
            assert len(slack.messages("ops")) == 1
            assert "disk full" in slack.messages("ops")[0].text
            clock.forward(timedelta(hours=2))
            jobs.tell("one", "job poll failed")
            assert len(slack.messages("ops")) == 2
            jobs.poller.close()


def test_a_rule_that_is_no_longer_live_is_told_even_after_a_restart(tmp_path: Path) -> None:
    """Whether its file was emptied, its id changed or its status: nobody finds out by silence."""
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    settings = Settings(
        database=f"sqlite:///{tmp_path / 'watch.db'}",
        slack=SlackSettings(channel="#alerts", ops_channel="#ops"),
    )

    def told() -> list[str]:
        with open_app(settings, SECRETS, rules, clock=FakeClock()) as app:
            jobs = Jobs(app=app, stopping=threading.Event())
            jobs.rules.look_over()
            jobs.rules.look_over()
            jobs.poller.close()
            with app.store.writing() as tx:
                return [d.message.text for d in tx.pending("ops")]

    assert told() == []
    (rules / "deals.yaml").write_text("[]\n", encoding="utf-8")
    (text,) = told()
    assert "no longer live: ai-deal, ai-supply." in text
    assert told() == [text]
    shutil.copy(RULES / "deals.yaml", rules)
    (_, back) = told()
    assert "live again: ai-deal, ai-supply." in back
    assert len(told()) == 2


def test_a_refusal_is_told_in_whole_sentences() -> None:
    """A question stays one."""
    problem = Problem(Place("own.yaml", 4, 3), 'unknown key "levle"', hint='did you mean "level"?')
    assert 'did you mean "level"? Run `regwatch' in refusal_text([problem], None)
    assert "(and 1 more). Run `regwatch" in refusal_text([problem, problem], None)


def test_a_rule_that_fails_its_own_examples_is_told(tmp_path: Path) -> None:
    """An edit that makes a rule miss what it is there for goes into force, and not in silence."""
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    file = rules / "cma.yaml"
    text = file.read_text(encoding="utf-8").replace(
        "{by: cma, of: [ai-tie, chip-ties]}", "{by: doj, of: [ai-tie]}", 1
    )
    file.write_text(text, encoding="utf-8")
    settings = Settings(
        database=f"sqlite:///{tmp_path / 'watch.db'}",
        slack=SlackSettings(channel="#alerts", ops_channel="#ops"),
    )
    with open_app(settings, SECRETS, rules, clock=FakeClock()) as app:
        jobs = Jobs(app=app, stopping=threading.Event())
        jobs.rules.look_over()
        jobs.poller.close()
        with app.store.writing() as tx:
            (word,) = tx.pending("ops")
    assert "rules in force fail their own examples: " in word.message.text
    assert "cma-ai-tie: does not match, but should" in word.message.text


def test_the_daily_word_says_that_rules_are_refused(tmp_path: Path) -> None:
    """Also before the refusal itself was told: the jobs start in any order."""
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    settings = Settings(
        database=f"sqlite:///{tmp_path / 'watch.db'}",
        slack=SlackSettings(channel="#alerts", ops_channel="#ops"),
    )
    clock = FakeClock()
    with open_app(settings, SECRETS, rules, clock=clock) as app:
        save(app.store, poll(feed="cma-news", state=FeedState(feed="cma-news", ok_at=clock.now())))
    (rules / "deals.yaml").write_text("- {id: x}\n", encoding="utf-8")
    with open_app(settings, SECRETS, rules, clock=clock) as app:
        jobs = Jobs(app=app, stopping=threading.Event())
        jobs.daily()
        jobs.poller.close()
        with app.store.writing() as tx:
            words = [d.message.text for d in tx.pending("ops")]
    assert any("; rules refused since " in word for word in words)


def test_what_is_told_of_failing_examples_stays_in_status_until_they_hold(tmp_path: Path) -> None:
    """The note that `regwatch status` reads."""
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    file, good = rules / "cma.yaml", (rules / "cma.yaml").read_text(encoding="utf-8")
    settings = Settings(database=f"sqlite:///{tmp_path / 'watch.db'}")

    def noted(text: str) -> str:
        file.write_text(text, encoding="utf-8")
        with open_app(settings, SECRETS, rules, clock=FakeClock()) as app:
            jobs = Jobs(app=app, stopping=threading.Event())
            jobs.rules.look_over()
            jobs.poller.close()
            return app.store.notes().get("rules-fail", ("", None))[0]

    assert "cma-ai-tie: does not match" in noted(
        good.replace("{by: cma, of: [ai-tie, chip-ties]}", "{by: doj, of: [ai-tie]}", 1)
    )
    assert noted(good) == ""


def test_a_file_that_nothing_reads_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """An ending in capitals, or a folder of its own: its rules are not in force."""
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    (rules / "my.YAML").write_text("[]", encoding="utf-8")
    settings = Settings(database=f"sqlite:///{tmp_path / 'watch.db'}")
    with open_app(settings, SECRETS, rules, clock=FakeClock()) as app:
        jobs = Jobs(app=app, stopping=threading.Event())
        jobs.rules.look_over()
        jobs.poller.close()
    assert "my.YAML is never read" in caplog.text


def test_a_route_that_an_edit_of_the_rules_leaves_without_its_rule_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Its channel would fall silent; and a start does not tell the same again on the same day."""
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    settings = Settings(
        database=f"sqlite:///{tmp_path / 'watch.db'}",
        slack=SlackSettings(
            channel="#alerts", ops_channel="#ops", routes=(RouteSettings(to="#deals", rules=("ai-deal",)),)
        ),
    )
    clock = FakeClock()

    def told(app: App) -> list[str]:
        with app.store.writing() as tx:
            return [d.message.text for d in tx.pending("ops") if "a route names" in d.message.text]

    def start(edit: Callable[[], object]) -> tuple[list[str], list[str]]:
        with open_app(settings, SECRETS, rules, clock=clock) as app:
            jobs = Jobs(app=app, stopping=threading.Event())
            jobs.chores()
            before = told(app)
            edit()
            jobs.chores()  # files are read once they stood still between two looks
            jobs.chores()
            jobs.poller.close()
            return before, told(app)

    def edit() -> None:
        file = rules / "deals.yaml"
        file.write_text(file.read_text("utf-8").replace("id: ai-deal\n", "id: ai-deals\n"), "utf-8")

    before, after = start(edit)
    assert before == []
    (text,) = after
    assert "route 1, to #deals: there is no rule ai-deal; did you mean" in text
    clock.forward(timedelta(minutes=5))
    caplog.clear()
    assert start(lambda: (rules / "new.yaml").write_text("[]\n", "utf-8")) == (after, after)
    assert caplog.text.count("a route names") == 1  # of the start; the edit changed nothing about it
