"""Promises over any poll: order does not matter, nothing is lost, a stage never falls in silence."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.feeds.feed import Feed
from bot.matters.verdict import Verdict
from storage.records import Article, Facts, PollPlan
from storage.words import Kind, Level, Stage
from tests.replay import CMA, EC, HOUR, START, WIRE, Read, World, article, case_page, facts, match

CASES = ("gov.uk:a-b", "M.11766", "gov.uk:c-d")
TIES = (("amazon", "anthropic"), ("microsoft", "openai"), ("google", "anthropic"))


@st.composite
def found(draw: st.DrawFn) -> Facts:
    base = facts(
        draw(st.sampled_from([None, *Stage])),
        regulators=tuple(draw(st.lists(st.sampled_from(["cma", "ec", "ftc"]), unique=True, max_size=3))),
        ties=tuple(draw(st.lists(st.sampled_from(TIES), unique=True, max_size=2))),
        hedged=draw(st.booleans()),
        cases=tuple(draw(st.lists(st.sampled_from(CASES), unique=True, max_size=2))),
    )
    subjects = draw(st.lists(st.sampled_from(["ai-market", "ai-distribution"]), max_size=1))
    return replace(
        base,
        outcome=draw(st.sampled_from(["", "", "cleared"])),
        scrutiny=tuple((who, subject) for who in base.regulators for subject in subjects),
        companies=base.companies or draw(st.sampled_from([(), ("meta",), ("meta", "google")])),
    )


@st.composite
def polls(draw: st.DrawFn) -> list[tuple[Feed, list[tuple[Article, Read]]]]:
    made = []
    for number in range(draw(st.integers(1, 4))):
        feed = draw(st.sampled_from([WIRE, EC, CMA]))
        pairs = []
        for n in range(draw(st.integers(1, 6))):
            at = START + number * HOUR - timedelta(minutes=draw(st.integers(0, 50)))
            name = f"story {n} of poll {number} here"
            one = (
                case_page(name.replace(" ", "-"), at, at)
                if feed is CMA
                else article(name, at, feed=feed, publisher=draw(st.sampled_from(["", "P", "Q"])))
            )
            kind = draw(st.sampled_from(list(Kind)))
            level = draw(st.sampled_from(list(Level)))
            pairs.append((one, Read(draw(found()), (match(kind=kind, level=level),))))
        made.append((feed, pairs))
    return made


def replayed(made: list[tuple[Feed, list[tuple[Article, Read]]]], seed: int | None) -> list[PollPlan]:
    """Return the plans, each poll's entries shuffled by the seed."""
    world, plans = World().watch(CMA, EC, WIRE), []
    for number, (feed, pairs) in enumerate(made):
        order = list(pairs)
        if seed is not None:
            random.Random(seed).shuffle(order)
        plan = world.plan(feed, order, START + number * HOUR)
        world.keep(plan, feed)
        plans.append(plan)
    return plans


@settings(deadline=None, max_examples=50)
@given(made=polls(), seed=st.integers(0, 1000))
def test_the_order_of_entries_changes_nothing(
    made: list[tuple[Feed, list[tuple[Article, Read]]]], seed: int
) -> None:
    """Assignment is order-independent within a poll; so are steps, verdicts and deliveries."""
    assert replayed(made, None) == replayed(made, seed)


@settings(deadline=None, max_examples=50)
@given(made=polls())
def test_every_hit_has_a_verdict_and_what_is_told_is_delivered(
    made: list[tuple[Feed, list[tuple[Article, Read]]]],
) -> None:
    words = {v.value for v in Verdict}
    for plan, (_, pairs) in zip(replayed(made, None), made, strict=True):
        hits = [h for a in plan.articles for h in a.hits]
        assert len(hits) == len(pairs)
        assert all(h.verdict in words and h.why for h in hits)
        names = {key for d in plan.deliveries if d.action != "update" for key in d.article_keys}
        for new in plan.articles:
            if new.hits[0].verdict in ("told", "held", "rolled-up"):
                assert new.article.keys[0] in names


@settings(deadline=None, max_examples=50)
@given(made=polls())
def test_every_entry_of_an_authoritys_own_feed_is_told(
    made: list[tuple[Feed, list[tuple[Article, Read]]]],
) -> None:
    """Never group two entries of one official feed."""
    for plan, (feed, _) in zip(replayed(made, None), made, strict=True):
        if feed.authority is not None:
            assert {h.verdict for a in plan.articles for h in a.hits} <= {"told", "rolled-up"}


@settings(deadline=None, max_examples=50)
@given(made=polls())
def test_a_stage_falls_only_with_a_step_that_says_so(
    made: list[tuple[Feed, list[tuple[Article, Read]]]],
) -> None:
    held: dict[str, int] = {}
    for plan in replayed(made, None):
        allowed = {s.step.matter for s in plan.steps if s.step.reason in ("reopened", "official-act")}
        for matter in plan.matters:
            rank = matter.stage.rank if matter.stage else 0
            if matter.key not in allowed and not matter.merged_into:
                assert rank >= held.get(matter.key, 0)
            held[matter.key] = rank


@settings(deadline=None, max_examples=40)
@given(made=polls())
def test_keys_are_unique_over_all_polls(made: list[tuple[Feed, list[tuple[Article, Read]]]]) -> None:
    keys = [d.key for plan in replayed(made, None) for d in plan.deliveries]
    assert len(keys) == len(set(keys))


@settings(deadline=None, max_examples=40)
@given(made=polls())
def test_replies_and_edits_follow_a_post_of_their_matter(
    made: list[tuple[Feed, list[tuple[Article, Read]]]],
) -> None:
    merged: dict[str, str] = {}
    posted: set[str] = set()
    for plan in replayed(made, None):
        merged |= {m.key: m.merged_into for m in plan.matters if m.merged_into}
        posted |= {merged[k] for k in posted if k in merged}
        for delivery in plan.deliveries:
            if delivery.matter is None:
                continue
            if delivery.action == "post":
                assert delivery.matter not in posted
                posted.add(delivery.matter)
            else:
                assert delivery.matter in posted
