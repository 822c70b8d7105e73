"""A quarter through the whole bot: the channel holds the steps and nothing else, also through kills and faults."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.alerts import message as render
from bot.feeds.feed import Feed
from bot.feeds.identity import sort_articles, with_keys
from bot.matching.matcher import Matcher
from bot.matching.rule_file import load_rules
from bot.plan import PlanSettings, plan_poll
from storage.records import FeedState
from storage.words import DeliveryState, Stage, Tier
from tests.clock import FakeClock
from tests.fake_slack import FakeSlack
from tests.faults.test_delivery_chaos import FAULTS
from tests.replay import article, facts, match, read
from tests.replay_full.feeds import POLLS, flood_titles
from tests.replay_full.press import CMA_STORIES
from tests.replay_full.world import RULES, World, replaying
from tests.unit.alerts.outboxes import opened, pump_to, seconds_of

CMA, EC, FTC = "CMA · Anthropic/Google", "European Commission · Microsoft/OpenAI", "FTC · Amazon/OpenAI"
# What Slack is asked, in order: (method, matter, what the first line says after the matter). Every update is the
# parent's; one that repeats its line counts one more source.
INQUIRY, INVESTIGATION, CLEARED = "inquiry (High)", "investigation (Critical)", "decision: cleared (Critical)"
CALLS = [
    ("post", CMA, INQUIRY),  # a newspaper
    ("reply", CMA, "inquiry confirmed (High)"),  # the case page appears
    ("update", CMA, INQUIRY),
    *[("update", CMA, INQUIRY)] * 8,  # en, fr, de, es, it, the two that misbehave, fr
    ("post", EC, INQUIRY),
    ("update", CMA, INQUIRY),
    ("reply", EC, "inquiry confirmed (High)"),
    ("update", EC, INQUIRY),
    ("update", CMA, INQUIRY),
    ("post", FTC, INQUIRY),
    ("update", EC, INQUIRY),
    ("update", FTC, INQUIRY),
    ("reply", CMA, "Launch of phase 1 merger inquiry announced (Critical)"),
    ("update", CMA, INVESTIGATION),
    *[("update", CMA, INVESTIGATION)] * 5,
    ("reply", EC, "inquiry → investigation (Critical)"),
    ("update", EC, INVESTIGATION),
    ("post", "40 more alerts in a short time, together (1/2)", ""),
    ("post", "40 more alerts in a short time, together (2/2)", ""),
    ("reply", CMA, "Deadline for the phase 1 decision extended (Critical)"),
    *[("update", CMA, INVESTIGATION)] * 3,  # the new date, and two papers that report it
    ("reply", FTC, "new act (inquiry) (High)"),
    ("update", FTC, INQUIRY),
    ("reply", CMA, "Phase 1 clearance decision announced (Critical)"),
    ("update", CMA, CLEARED),
    ("update", CMA, CLEARED),
    ("update", FTC, INQUIRY),
    *[("update", CMA, CLEARED)] * 4,
    ("reply", CMA, "Full text decision published (Critical)"),
    ("update", CMA, CLEARED),
]


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Replay the quarter once, with nothing going wrong."""
    with replaying(tmp_path_factory.mktemp("calm")) as world:
        world.run()
        yield world


def calls(world: World) -> list[tuple[str, str, str]]:
    """Return what the alerts channel was asked, matter and step apart."""
    found = []
    for said in world.said:
        if said.channel != "alerts":
            continue
        words = said.headline.split(" ", 1)[1] if said.headline[0] in "🔴🟠🟡⚪" else said.headline
        who, _, what = words.rpartition(" · ")
        method = "update" if said.method == "chat.update" else "post" if said.posted else "reply"
        found.append((method, who or words, what if who else ""))
    return found


def channel(world: World) -> list[tuple[str, str, bool]]:
    """Return what stands in the channel in the end: thread, text, shown in the channel too."""
    stood = world.slack.messages("alerts")
    names = {m.ts: m.text.split("\n")[1] for m in stood if m.thread_ts is None}
    return [(names[m.thread_ts or m.ts], m.text, m.broadcast) for m in stood]


def parent(world: World, matter: str) -> str:
    return next(t for _, t, b in channel(world) if not b and matter in t.split("\n")[0])


def test_there_are_sixty_polls_and_twenty_five_stories_in_five_languages() -> None:
    assert len(POLLS) == 60
    assert len(CMA_STORIES) == 25
    assert {s.feed for s in CMA_STORIES} == {"en", "fr", "de", "es", "it"}


def test_the_exact_list_of_slack_calls(calm: World) -> None:
    assert calls(calm) == CALLS


def test_messages_that_reach_the_channel_are_the_steps_and_nothing_else(calm: World) -> None:
    """Nine acts of authorities, two first reports, and one roll-up of the flood in two messages."""
    loud = [c for c in calls(calm) if c[0] != "update"]
    assert len(loud) == 13
    assert len(calm.slack.messages("alerts")) == 13
    assert all(m.broadcast for m in calm.slack.messages("alerts") if m.thread_ts)


def test_slack_finds_nothing_to_complain_of(calm: World) -> None:
    assert calm.slack.problems() == []
    assert calm.warnings == []


def test_every_reply_hangs_on_its_own_matters_parent(calm: World) -> None:
    heads = {m.ts: m.text.split("\n")[0] for m in calm.slack.messages("alerts") if m.thread_ts is None}
    for message in calm.slack.messages("alerts"):
        if message.thread_ts is not None:
            matter = next(name for name in (CMA, EC, FTC) if name in message.text.split("\n")[0])
            assert matter in heads[message.thread_ts]


def test_the_parent_shows_the_stage_who_confirmed_and_how_many_carry_it(calm: World) -> None:
    shown = parent(calm, CMA)
    assert "*Stage:* decision: cleared" in shown
    assert "Confirmed by CMA" in shown
    assert "also in 6 sources" in shown
    assert "Next deadline" not in shown


def test_the_first_reply_says_how_far_the_press_was_ahead(calm: World) -> None:
    confirmed = next(t for _, t, b in channel(calm) if b and "inquiry confirmed" in t and "CMA" in t)
    assert "Confirmed by CMA, 6 h after the press" in confirmed
    assert "19 Mar 2026 (comments)" in confirmed


def test_the_moved_deadline_is_told_with_the_new_date(calm: World) -> None:
    moved = next(t for _, t, b in channel(calm) if b and "decision extended" in t)
    assert "*Deadline:* 11 Jun 2026 (phase 1 decision)" in moved


@pytest.mark.parametrize(
    ("state", "edits", "shown"),
    [
        pytest.param(INQUIRY, slice(None), "*Next deadline:* 19 Mar 2026 (comments)", id="invitation"),
        pytest.param(
            INVESTIGATION, slice(0, -3), "*Next deadline:* 28 May 2026 (phase 1 decision)", id="launch"
        ),
        pytest.param(
            INVESTIGATION, slice(-3, None), "*Next deadline:* 11 Jun 2026 (phase 1 decision)", id="extended"
        ),
    ],
)
def test_the_parent_always_shows_the_next_deadline(calm: World, state: str, edits: slice, shown: str) -> None:
    """Until the extension the first date, in the edits from then on the later one."""
    texts = [
        s.text for s in calm.said if s.method == "chat.update" and s.headline.endswith(f"{CMA} · {state}")
    ][edits]
    assert len(texts) >= 3
    assert all(shown in text for text in texts)


def test_the_flood_names_each_of_its_forty_hits_once(calm: World) -> None:
    pages = "\n".join(t for _, t, _ in channel(calm) if "more alerts" in t)
    assert [pages.count(f"{title} <") for title in flood_titles()] == [1] * 40


LONG = pytest.mark.skipif(not os.environ.get("REGWATCH_LONG"), reason="takes long; set REGWATCH_LONG=1")


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=LONG) for n in range(2, 6))])
def test_a_bot_killed_after_every_poll_while_slack_fails_leaves_the_same_channel(
    calm: World, tmp_path: Path, seed: int
) -> None:
    """Three calls in a hundred go wrong, history lags; the bot is killed before each delivery and in half of them."""
    dice = random.Random(seed)
    with replaying(tmp_path, history_lag=3.0) as world:
        world.slack.chance(lambda _method: dice.choice(FAULTS) if dice.random() < 0.03 else None)
        world.run(killed_after=frozenset(range(60)), dice=dice)
        assert world.deaths >= 5
        assert sorted(channel(world)) == sorted(channel(calm))
        for name in (CMA, EC, FTC):
            assert told_of(world, name) == told_of(calm, name)
        assert world.slack.problems() == []


def told_of(world: World, matter: str) -> list[str]:
    return [t for _, t, _ in channel(world) if matter in t.split("\n")[0]]


# ---------------------------------------------------------------------------- thousands of messages

MATTERS, ACTS = 100, 20


@LONG
def test_two_thousand_alerts_of_a_hundred_matters_through_a_failing_slack(tmp_path: Path) -> None:
    """Policy, real messages, outbox and pump; edits besides. Nothing lost, nothing twice, in order, own parents."""
    dice, clock = random.Random(7), FakeClock()
    names = [f"Matter {n:03d}" for n in range(MATTERS)]
    feed = Feed(id="ec", url="https://ec.test/rss", authority="ec", tier=Tier.OFFICIAL)
    settings = PlanSettings(channel="#alerts", burst=100_000)
    with (
        opened(tmp_path) as (store, outbox),
        FakeSlack(clock=lambda: seconds_of(clock), history_lag=3.0) as slack,
    ):
        slack.chance(lambda _method: dice.choice(FAULTS) if dice.random() < 0.03 else None)
        for act in range(ACTS):
            order = dice.sample(range(MATTERS), MATTERS)
            for some in (order[:50], order[50:]):
                now = clock.now()
                pairs = {
                    f"{names[n]} act {act:02d}": read(
                        facts(Stage.INQUIRY, regulators=("ec",), ties=((f"cloud{n}", f"lab{n}"),)),
                        match("ec-tie"),
                    )
                    for n in some
                }
                keyed = with_keys(feed, [article(title, now, feed=feed) for title in pairs])
                with store.writing() as tx:
                    known = tx.known_articles(feed.id, [k for a in keyed for k in a.keys])
                    found = sort_articles(feed, keyed, known, now)
                    plan = plan_poll(
                        feed,
                        FeedState(feed=feed.id, baseline_at=now - timedelta(days=1)),
                        found,
                        {n: pairs[a.title] for n, a in enumerate(found.new)},
                        context=tx,
                        now=now,
                        settings=settings,
                        render=render,
                        first=False,
                    )
                    tx.save_poll(plan)
                assert pump_to(slack, outbox, clock).drain(timedelta(hours=12)).left == 0
        messages = slack.messages("alerts")
        assert len(messages) == MATTERS * ACTS
        assert len(set(slack.deliveries("alerts"))) == MATTERS * ACTS
        assert {d.state for d in outbox.list(limit=9_999)} <= {DeliveryState.SENT, DeliveryState.SKIPPED}
        threads: dict[str, list[str]] = defaultdict(list)
        for message in messages:
            title = next(line for line in message.text.split("\n") if line.startswith("Matter "))
            threads[message.thread_ts or message.ts].append(title)
        assert len(threads) == MATTERS
        for titles in threads.values():
            own, _ = titles[1].split(" act ")
            last = f"{own} act {ACTS - 1:02d}"  # the parent was edited to the last act
            assert titles == [last, *(f"{own} act {act:02d}" for act in range(1, ACTS))]
        assert slack.problems() == []


# ---------------------------------------------------------------------------- wordings that mislead

HARD = [
    pytest.param(
        "fr",
        "Google-Anthropic : la CMA repousse sa décision au 11 juin 2026",
        "L'autorité britannique de la concurrence prolonge son enquête de phase 1 sur le partenariat Google-Anthropic.",
        {Stage.INQUIRY, Stage.INVESTIGATION},
        id="a decision put off is no decision",
    ),
    pytest.param(
        "it",
        "La FTC ordina ad Amazon e OpenAI di fornire informazioni sul loro accordo",
        "La Federal Trade Commission ha emesso ordini 6(b) nei confronti di Amazon e OpenAI sull'accordo per il cloud.",
        {Stage.INQUIRY},
        id="6(b) orders are an inquiry",
    ),
]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(load_rules(RULES))


@pytest.mark.parametrize(("language", "title", "text", "stages"), HARD)
def test_stages_that_the_press_words_deceptively(
    matcher: Matcher, language: str, title: str, text: str, stages: set[Stage]
) -> None:
    assert matcher.read(title=title, summary=text, body="", language=language).facts.stage in stages
