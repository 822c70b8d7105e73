"""What one poll writes and tells, promise by promise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from bot.alerts.alert import AlertReason
from bot.config import QuietSettings, RouteSettings
from bot.feeds.feed import Feed
from bot.matters.verdict import Verdict
from bot.plan import ROLL_UP_WAIT
from storage.records import Amount, Silence
from storage.words import DeliveryAction, Kind, Level, RuleStatus, Stage, Tier
from tests.replay import (
    CHANNEL,
    CMA,
    CMA_TIE,
    DAY,
    DEAL,
    EC,
    HOUR,
    NOTHING,
    SETTINGS,
    START,
    WIRE,
    Note,
    Read,
    World,
    article,
    case_page,
    facts,
    loud,
    match,
    read,
    told,
)

OTHER = Feed(id="other-wire", url="https://h.test", tier=Tier.PRESS)
ALONE = read(facts(None, regulators=(), ties=()), match("keyword"))
PHASE_1 = read(facts(Stage.INVESTIGATION))


def world(**settings: object) -> World:
    return World(settings=replace(SETTINGS, **settings)).watch(CMA, EC, WIRE, OTHER)  # type: ignore[arg-type]


def verdicts(held: World) -> list[str]:
    return [hit.verdict for _, hit in held.hits]


# ---------------------------------------------------------------------------- what is stored


def test_articles_without_a_hit_are_stored_and_nothing_else_happens() -> None:
    plan = world().plan(WIRE, [(article("no"), NOTHING)], START)
    assert [a.article.guid for a in plan.articles] == ["no"]
    assert (plan.articles[0].hits, plan.matters, plan.deliveries) == ((), (), ())


def test_every_live_match_of_a_told_article_is_a_hit_with_its_reason() -> None:
    plan = world().plan(WIRE, [(article("a"), read(None, match("one"), match("two")))], START)
    assert [(h.match.rule, h.verdict, h.matter) for h in plan.articles[0].hits] == [
        ("one", "told", CMA_TIE),
        ("two", "told", CMA_TIE),
    ]
    assert plan.articles[0].hits[0].why == "CMA on Amazon / Anthropic; step: opened; told"


def test_the_poll_says_whose_own_feed_it_was() -> None:
    assert world().plan(EC, [], START).authority == "ec"
    assert world().plan(WIRE, [], START).authority is None


def test_one_article_is_one_alert_however_many_rules_and_matters_it_names() -> None:
    many = read(facts(regulators=("cma", "ec", "ftc")), match("one"), match("two"))
    held = world()
    assert told(held.poll(WIRE, [(article("a"), many)], START)) == [("post", "opened", CMA_TIE)]
    assert set(held.matter_rows) == {CMA_TIE}


def test_a_delivery_names_the_articles_it_tells_of() -> None:
    (sent,) = world().poll(WIRE, [(article("a"), read())], START)
    assert sent.article_keys == ("guid:a",)


# ---------------------------------------------------------------------------- what stays quiet


def test_a_first_poll_is_stored_and_matched_but_not_told() -> None:
    held = World(settings=replace(SETTINGS, baseline_line=True))
    sent = held.poll(WIRE, [(article("a"), read()), (article("b"), NOTHING)], START)
    assert [(d.reason, d.message.text) for d in sent] == [("baseline", "wire: 2 articles, 1 hits")]
    assert verdicts(held) == ["baseline"]
    assert held.matter_rows[CMA_TIE].told is False


def test_two_polls_at_one_instant_are_told_apart_by_the_caller() -> None:
    held = World()
    held.poll(WIRE, [(article("a"), ALONE)], START)
    pairs = [(article("b"), ALONE)]
    assert held.plan(WIRE, pairs, START, first=False).deliveries
    assert not held.plan(WIRE, pairs, START, first=True).deliveries


def test_a_first_poll_without_hits_says_nothing() -> None:
    held = World(settings=replace(SETTINGS, baseline_line=True))
    assert held.poll(WIRE, [(article("b"), NOTHING)], START) == []


def test_a_backfill_tells_the_newest_of_a_first_poll() -> None:
    held = World(settings=replace(SETTINGS, backfill=2))
    pairs = [(article(f"s{n}", START - n * DAY, link=""), ALONE) for n in range(4)]
    sent = held.poll(WIRE, pairs, START)
    assert [d.message.text for d in sent] == ["standalone s1", "standalone s0"]


def test_what_was_there_before_is_told_with_the_first_fresh_article() -> None:
    """A matter known from a baseline only has no thread: the next article opens it, it is not swallowed."""
    held = World()
    held.poll(WIRE, [(article("old"), read())], START)
    sent = held.poll(WIRE, [(article("fresh"), read())], START + HOUR)
    assert told(sent) == [("post", "opened", CMA_TIE)]


def test_a_baseline_does_not_swallow_a_step_that_is_still_to_be_told() -> None:
    held = world()
    held.poll(WIRE, [(article("a"), read())], START)
    held.poll(Feed(id="new", url="https://n.test"), [(article("b"), PHASE_1)], START + HOUR)
    sent = held.poll(WIRE, [(article("c"), PHASE_1)], START + 2 * HOUR)
    assert loud(sent) == [("reply", "advanced", CMA_TIE)]


@pytest.mark.parametrize(
    ("feed", "age", "late"),
    [
        (WIRE, 7 * DAY, False),
        (WIRE, 7 * DAY + HOUR, True),
        (EC, 29 * DAY, False),
        (EC, 31 * DAY, True),
        (replace(WIRE, tier=Tier.BLOG), 8 * DAY, True),
        (WIRE, -3 * DAY, False),
    ],
    ids=["press in time", "press late", "official in time", "official late", "blog late", "a date ahead"],
)
def test_an_article_too_old_at_first_sight_is_recorded_only(feed: Feed, age: timedelta, late: bool) -> None:
    held = world()
    sent = held.poll(feed, [(article("a", START - age, feed=feed), ALONE)], START)
    assert verdicts(held) == ["late" if late else "told"]
    assert bool(sent) is not late


def test_an_article_without_a_date_is_never_late() -> None:
    assert world().poll(WIRE, [(article("a", None), ALONE)], START)


def test_an_old_case_page_with_a_fresh_update_is_fresh() -> None:
    page = case_page("a", START - 400 * DAY, START - HOUR, published=True)
    assert loud(world().poll(CMA, [(page, read())], START)) == [("post", "opened", CMA_TIE)]


def test_a_late_article_does_not_move_a_matter_that_was_told() -> None:
    held = world()
    held.poll(WIRE, [(article("a"), read())], START)
    held.poll(WIRE, [(article("old", START - 9 * DAY), PHASE_1)], START)
    assert held.matter_rows[CMA_TIE].stage is Stage.INQUIRY


def test_shadow_rules_are_recorded_and_never_told() -> None:
    held = world()
    shadow = read(None, match("try", status=RuleStatus.SHADOW))
    assert held.poll(WIRE, [(article("a"), shadow)], START) == []
    assert verdicts(held) == ["shadow"]
    assert held.matter_rows == {}


def test_a_draft_rule_leaves_no_hit() -> None:
    held = world()
    held.poll(WIRE, [(article("a"), read(None, match("d", status=RuleStatus.DRAFT)))], START)
    assert held.hits == []


def test_the_same_link_in_two_feeds_is_told_once() -> None:
    held = world()
    held.poll(WIRE, [(article("a"), ALONE)], START)
    again = article("another title", link="https://news.test/a", feed=OTHER)
    assert held.poll(OTHER, [(again, ALONE)], START + HOUR) == []
    assert verdicts(held) == ["told", "duplicate"]


def test_a_link_that_matched_nothing_in_one_feed_is_told_through_another() -> None:
    """A feed of bare titles must not swallow the full text that comes through the next feed."""
    held = world()
    held.poll(WIRE, [(article("a"), NOTHING)], START)
    full = article("a", feed=OTHER, text="the whole story")
    assert loud(held.poll(OTHER, [(full, ALONE)], START + HOUR)) == [("post", "standalone", None)]


def test_a_link_of_one_feeds_baseline_is_told_through_another() -> None:
    held = world()
    held.poll(Feed(id="new", url="https://n.test"), [(article("a"), ALONE)], START)
    assert held.poll(OTHER, [(article("a", feed=OTHER), ALONE)], START + HOUR)


def test_a_duplicate_is_no_source() -> None:
    held = world()
    held.poll(WIRE, [(article("a"), read())], START)
    held.poll(OTHER, [(article("a", feed=OTHER), read())], START + HOUR)
    assert held.matter_rows[CMA_TIE].sources == 1


def test_the_authority_that_confirms_a_step_is_one_more_of_its_sources() -> None:
    """The matter's own count and the parent's "also in" agree: two publishers carry the step."""
    held = world()
    held.poll(WIRE, [(article("a"), read())], START)
    sent = held.poll(CMA, [(article("b", feed=CMA), read())], START + HOUR)
    assert told(sent) == [("reply", "confirmed", CMA_TIE), ("update", "confirmed", CMA_TIE)]
    assert held.matter_rows[CMA_TIE].sources == 2
    assert sent[1].message.text.startswith("CMA: Amazon / Anthropic [inquiry] 2")


def test_whoever_carried_a_step_before_it_was_confirmed_is_not_counted_again() -> None:
    """In the same poll and in a later one."""
    held = world()
    held.poll(WIRE, [(article("a"), read())], START)
    held.poll(CMA, [(article("b", feed=CMA), read())], START + HOUR)
    held.poll(WIRE, [(article("c"), read())], START + 2 * HOUR)
    assert held.matter_rows[CMA_TIE].sources == 2


def test_a_step_to_a_new_stage_counts_its_sources_anew() -> None:
    """Those of the stage before do not carry the new one."""
    held = world()
    held.poll(WIRE, [(article("a"), read())], START)
    held.poll(CMA, [(article("b", feed=CMA), read())], START + HOUR)
    held.poll(CMA, [(article("c", feed=CMA), PHASE_1)], START + 2 * HOUR)
    assert held.matter_rows[CMA_TIE].sources == 1


def test_the_authority_confirms_even_under_a_link_that_the_press_brought_first() -> None:
    held = world()
    held.poll(WIRE, [(article("a", START - HOUR), read())], START)
    own = article("a", START + HOUR, feed=EC, link="https://news.test/a")
    found = read(facts(regulators=("ec",)))
    held.poll(WIRE, [(article("b", link="https://ec.test/1"), found)], START)
    sent = held.poll(EC, [(replace(own, link="https://ec.test/1", guid="x"), found)], START + 2 * HOUR)
    assert loud(sent) == [("reply", "confirmed", "ec:amazon+anthropic")]


def test_an_official_link_in_two_official_feeds_is_told_once() -> None:
    second = replace(CMA, id="cma-open")
    held = world().watch(second)
    page = case_page("a", START, START)
    held.poll(CMA, [(page, read())], START)
    assert held.poll(second, [(replace(page, feed="cma-open"), read())], START + HOUR) == []
    moved = case_page("a", START, START + DAY)
    assert loud(held.poll(CMA, [(moved, read())], START + DAY)) == [("reply", "official-act", CMA_TIE)]
    assert held.poll(second, [(replace(moved, feed="cma-open"), read())], START + DAY + HOUR) == []


# ---------------------------------------------------------------------------- steps and threads


def test_three_states_of_a_case_page_are_one_matter_and_three_messages() -> None:
    held = world()
    sent = []
    for day in range(3):
        sent += held.poll(CMA, [(case_page("a", START, START + day * DAY), read())], START + day * DAY)
    assert loud(sent) == [
        ("post", "opened", CMA_TIE),
        ("reply", "official-act", CMA_TIE),
        ("reply", "official-act", CMA_TIE),
    ]


def test_a_corrected_typo_on_a_case_page_is_silent() -> None:
    held = world()
    held.poll(CMA, [(case_page("a", START, START), read())], START)
    sent = held.poll(
        CMA, [(case_page("a", START, START + DAY), read())], START + DAY, change=Note("Typo", is_step=False)
    )
    assert sent == []
    assert verdicts(held)[-1] == "known"


def test_two_entries_of_one_official_feed_are_both_told() -> None:
    found = read(facts(regulators=("ec",)))
    pairs = [(article("a", feed=EC), found), (article("b", START - HOUR, feed=EC), found)]
    assert loud(world().poll(EC, pairs, START)) == [
        ("post", "opened", "ec:amazon+anthropic"),
        ("reply", "official-act", "ec:amazon+anthropic"),
    ]


def test_a_step_edits_the_parent_as_well() -> None:
    held = world()
    held.poll(WIRE, [(article("a"), read())], START)
    sent = held.poll(WIRE, [(article("b"), PHASE_1)], START + HOUR)
    assert told(sent) == [("reply", "advanced", CMA_TIE), ("update", "advanced", CMA_TIE)]
    assert sent[1].message.text.startswith("CMA: Amazon / Anthropic [investigation]")


def test_one_more_source_is_an_edit_and_many_in_one_poll_are_one_edit() -> None:
    held = world()
    held.poll(WIRE, [(article("a"), read())], START)
    pairs = [(article(f"s{n}", publisher=f"P{n}"), read()) for n in range(4)]
    sent = held.poll(WIRE, pairs, START + HOUR)
    assert told(sent) == [("update", "corroborated", CMA_TIE)]
    assert held.matter_rows[CMA_TIE].sources == 5


def test_a_publisher_that_repeats_itself_changes_nothing() -> None:
    held = world()
    held.poll(WIRE, [(article("a"), read())], START)
    assert held.poll(WIRE, [(article("b"), read())], START + HOUR) == []


def test_a_deal_and_an_authority_on_the_same_tie_are_two_threads() -> None:
    held = world()
    held.poll(WIRE, [(article("a"), read(DEAL, match("deal", kind=Kind.DEAL)))], START)
    sent = held.poll(WIRE, [(article("b"), read())], START + HOUR)
    assert loud(sent) == [("post", "opened", CMA_TIE)]
    assert set(held.matter_rows) == {"tie:amazon+anthropic", CMA_TIE}


def test_a_matter_that_a_number_joins_goes_on_in_the_thread_that_stands() -> None:
    held = world()
    slug = "gov.uk:amazon-anthropic"
    held.poll(CMA, [(case_page("x", START, START), read(facts(ties=(), cases=(slug,))))], START)
    held.poll(WIRE, [(article("b"), read())], START + HOUR)
    sent = held.poll(WIRE, [(article("c"), read(facts(Stage.INVESTIGATION, cases=(slug,))))], START + DAY)
    case_matter = "cma:case:gov.uk:x"
    assert held.matter_rows[case_matter].cases == ("gov.uk:x",)
    assert loud(sent) == [("reply", "advanced", CMA_TIE)]


def test_an_edit_that_makes_an_article_match_is_told_once() -> None:
    held = world()
    held.poll(WIRE, [(article("a"), NOTHING)], START)
    first = held.poll(WIRE, [(article("a", text="now it does"), ALONE)], START + HOUR)
    again = held.poll(WIRE, [(article("a", text="edited again"), ALONE)], START + 2 * HOUR)
    assert (loud(first), again) == ([("post", "standalone", None)], [])


def of_sum(billions: int) -> Read:
    found = facts(regulators=("ec",))
    return read(replace(found, amounts=(Amount(value=billions * 10**9, currency="EUR"),)))


def test_an_edited_official_text_is_noted_in_the_thread_only() -> None:
    held = world()
    held.poll(EC, [(article("a", feed=EC), of_sum(5))], START)
    sent = held.poll(EC, [(article("a", feed=EC, text="edited"), of_sum(8))], START + HOUR)
    assert told(sent) == [("quiet-reply", "edited", "ec:amazon+anthropic")]


def test_an_official_text_that_says_the_same_in_other_words_around_is_silent() -> None:
    """A view counter or a mended typo outside the quoted sentence changes nothing that was told."""
    held = world()
    polls = [
        held.poll(EC, [(article("a", feed=EC, text=f"Views: {n}"), of_sum(5))], START + n * HOUR)
        for n in range(8)
    ]
    assert [len(sent) for sent in polls] == [1, 0, 0, 0, 0, 0, 0, 0]


def test_an_official_page_that_changes_all_day_is_noted_once_a_day() -> None:
    held = world()
    sent = []
    for n in range(49):
        sent += held.poll(EC, [(article("a", feed=EC, text=str(n)), of_sum(n + 1))], START + n * HOUR)
    assert [d.action for d in sent].count(DeliveryAction.QUIET_REPLY) == 2


def test_several_entries_that_share_one_link_are_each_told() -> None:
    pairs = [(article(f"s{n}", link="https://news.test/home"), ALONE) for n in range(3)]
    assert len(world().poll(WIRE, pairs, START)) == 3


# ---------------------------------------------------------------------------- channels


def test_each_channel_has_its_own_parent() -> None:
    routes = (RouteSettings(to="#uk", regulators=("cma",)), RouteSettings(to="#late", level=Level.CRITICAL))
    held = world(routes=routes)
    first = held.poll(CMA, [(case_page("a", START, START), read())], START)
    assert [(d.destination, d.action.value) for d in first] == [("#uk", "post")]
    moved = case_page("a", START, START + DAY, text="phase 1")
    second = held.poll(CMA, [(moved, PHASE_1)], START + DAY)
    assert [(d.destination, d.action.value) for d in second] == [
        ("#uk", "reply"),
        ("#uk", "update"),
        ("#late", "post"),
    ]


def test_quiet_hours_hold_all_but_the_critical() -> None:
    night = QuietSettings(zone="UTC", start=time(8, 0), end=time(12, 0))
    held = world(quiet_hours=night)
    pairs = [
        (article("a"), ALONE),
        (article("b"), read(facts(None, regulators=(), ties=()), match("k", level=Level.CRITICAL))),
    ]
    sent = held.poll(WIRE, pairs, START)
    assert [(d.message.text, d.not_before) for d in sent] == [
        ("standalone a", START.replace(hour=12)),
        ("standalone b", None),
    ]
    assert verdicts(held) == ["held", "told"]


def test_beyond_the_cap_a_roll_up_lists_the_rest() -> None:
    held = world(burst=3)
    sent = held.poll(WIRE, [(article(f"s{n}"), ALONE) for n in range(5)], START)
    assert [d.reason for d in sent] == ["standalone"] * 3 + ["roll-up"]
    assert sent[3].message.text == "s3 https://news.test/s3\ns4 https://news.test/s4"
    assert verdicts(held) == ["told"] * 3 + ["rolled-up"] * 2


def test_the_cap_counts_what_the_window_brought() -> None:
    held = world(burst=3)
    held.poll(WIRE, [(article(f"s{n}"), ALONE) for n in range(3)], START)
    soon = held.poll(WIRE, [(article("t"), ALONE)], START + timedelta(minutes=5))
    later = held.poll(WIRE, [(article("u"), ALONE)], START + HOUR)
    assert [d.reason for d in soon + later] == ["roll-up", "standalone"]


def test_a_matter_that_was_rolled_up_gets_its_thread_with_the_next_step() -> None:
    held = world(burst=1)
    held.poll(WIRE, [(article("s"), ALONE), (article("a"), read(None, match(level=Level.LOW)))], START)
    more = held.poll(WIRE, [(article("b", publisher="P"), read())], START + HOUR)
    step = held.poll(WIRE, [(article("c"), PHASE_1)], START + 2 * HOUR)
    assert more == []
    assert told(step) == [("post", "advanced", CMA_TIE)]


def silence(**more: object) -> Silence:
    base = Silence(
        id=7, author="ana", reason="r", created_at=START - DAY, until=START + 9 * DAY, matter=CMA_TIE
    )
    return replace(base, **more)  # type: ignore[arg-type]


def test_a_silence_hides_and_counts_and_the_matter_is_told_when_it_ends() -> None:
    held = world()
    held.pauses = [silence(until=START + DAY)]
    plan = held.plan(WIRE, [(article("a"), read())], START)
    assert (plan.deliveries, dict(plan.hidden)) == ((), {7: 1})
    held.keep(plan, WIRE)
    assert verdicts(held) == ["silenced"]
    assert loud(held.poll(WIRE, [(article("b"), read())], START + 2 * DAY)) == [("post", "opened", CMA_TIE)]


def test_a_stage_advance_pierces_a_silence() -> None:
    held = world()
    held.poll(WIRE, [(article("a"), read())], START)
    held.pauses = [silence()]
    assert loud(held.poll(WIRE, [(article("b"), PHASE_1)], START + HOUR)) == [("reply", "advanced", CMA_TIE)]


def test_under_a_silence_of_everything_the_parent_still_shows_the_stage() -> None:
    held = world()
    held.poll(WIRE, [(article("a"), read())], START)
    held.pauses = [silence(everything=True)]
    sent = held.poll(WIRE, [(article("b"), PHASE_1)], START + HOUR)
    assert told(sent) == [("update", "advanced", CMA_TIE)]


def test_a_grave_official_step_is_critical() -> None:
    held = world()
    (sent,) = held.poll(CMA, [(case_page("a", START, START), PHASE_1)], START)
    assert sent.level is Level.CRITICAL
    assert held.matter_rows[CMA_TIE].level is Level.CRITICAL


# ---------------------------------------------------------------------------- keys


def test_keys_say_what_and_where_and_are_unique() -> None:
    held = world()
    sent = held.poll(WIRE, [(article("a"), read()), (article("b"), ALONE)], START)
    assert [d.key.split(":")[0] for d in sent] == ["opened", "standalone"]
    assert all(d.key.endswith(CHANNEL) for d in sent)


def test_the_same_plan_twice_is_the_same_deliveries() -> None:
    pairs: list[tuple[object, Read]] = [(article("a"), read()), (article("b"), ALONE)]
    held = world()
    first = held.plan(WIRE, pairs, START)  # type: ignore[arg-type]
    second = held.plan(WIRE, pairs, START + HOUR)  # type: ignore[arg-type]
    assert [d.key for d in first.deliveries] == [d.key for d in second.deliveries]


def test_a_moved_deadline_is_told_with_what_it_was() -> None:
    held = world()
    early, later = date(2026, 4, 1), date(2026, 5, 1)
    found = facts(regulators=("ec",), deadline=early)
    held.poll(EC, [(article("a", feed=EC), read(found))], START)
    moved = facts(regulators=("ec",), deadline=later)
    sent = held.poll(EC, [(article("b", feed=EC), read(moved))], START + HOUR)
    assert loud(sent) == [("reply", AlertReason.DEADLINE_MOVED.value, "ec:amazon+anthropic")]
    assert set(verdicts(held)) == {Verdict.TOLD.value}


# ---------------------------------------------------------------------------- what the parent shows


def shown_by(held: World, key: str = CMA_TIE) -> tuple[str, list[str]]:
    one = held.matter_rows[key]
    assert one.showing is not None
    return one.showing.title, [more.source for more in one.also]


def test_a_corroboration_leaves_the_proof_and_adds_a_source() -> None:
    held = world()
    held.poll(CMA, [(case_page("a", START, START), PHASE_1)], START)
    sent = held.poll(WIRE, [(article("press", publisher="P"), PHASE_1)], START + HOUR)
    assert told(sent) == [("update", "corroborated", CMA_TIE)]
    assert shown_by(held) == ("a", ["P"])


def test_the_authority_that_confirms_takes_the_proof_over() -> None:
    held = world()
    held.poll(WIRE, [(article("press", publisher="P"), PHASE_1)], START)
    held.poll(CMA, [(case_page("a", START, START), PHASE_1)], START + HOUR)
    assert shown_by(held) == ("a", ["P"])


def test_a_further_step_starts_with_no_further_sources() -> None:
    held = world()
    held.poll(WIRE, [(article("one"), read()), (article("two", publisher="P"), read())], START)
    assert shown_by(held) == ("one", ["P"])
    held.poll(WIRE, [(article("three", publisher="Q"), PHASE_1)], START + HOUR)
    assert shown_by(held) == ("three", [])


def test_beyond_a_full_window_roll_ups_wait_so_that_they_can_be_joined() -> None:
    held = world(burst=2, hold_roll_ups=True)
    (*_, first) = held.poll(WIRE, [(article(f"s{n}"), ALONE) for n in range(3)], START)
    assert (first.reason, first.not_before) == ("roll-up", None)  # the window was still open
    soon = START + timedelta(minutes=2)
    (held_back,) = held.poll(OTHER, [(article("t", feed=OTHER), ALONE)], soon)
    assert (held_back.reason, held_back.not_before) == ("roll-up", soon + ROLL_UP_WAIT)


def test_a_roll_up_with_an_official_step_does_not_wait() -> None:
    held = world(burst=1, hold_roll_ups=True)
    held.poll(WIRE, [(article("s"), ALONE)], START)
    found = read(facts(regulators=("ec",)))
    (sent,) = held.poll(EC, [(article("a", feed=EC), found)], START + timedelta(minutes=2))
    assert (sent.reason, sent.not_before) == ("roll-up", None)


# ---------------------------------------------------------------------------- deals


def deal(billions: int) -> Read:
    sums = (Amount(value=billions * 10**9, currency="USD", kind="investment"),)
    return read(replace(DEAL, amounts=sums), match("deal", kind=Kind.DEAL))


DEAL_KEY = "tie:amazon+anthropic"


def test_a_bigger_sum_of_a_deal_is_a_quiet_reply_and_edits_the_parent() -> None:
    held = world()
    held.poll(WIRE, [(article("a"), deal(4))], START)
    sent = held.poll(WIRE, [(article("b", START + 2 * DAY), deal(8))], START + 2 * DAY)
    assert told(sent) == [("quiet-reply", "new-terms", DEAL_KEY), ("update", "new-terms", DEAL_KEY)]
    assert shown_by(held, DEAL_KEY)[0] == "b"


@pytest.mark.parametrize(("later", "billions"), [(HOUR, 8), (2 * DAY, 4), (2 * DAY, 2)])
def test_the_same_day_about_as_much_or_less_is_no_news(later: timedelta, billions: int) -> None:
    held = world()
    held.poll(WIRE, [(article("a"), deal(4))], START)
    sent = held.poll(WIRE, [(article("b", START + later), deal(billions))], START + later)
    assert [t for t in told(sent) if t[0] != "update"] == []


def test_a_deals_terms_are_noted_once_a_day_at_most() -> None:
    held = world()
    held.poll(WIRE, [(article("a"), deal(4))], START)
    at = START + 2 * DAY
    held.poll(WIRE, [(article("b", at), deal(8))], at)
    sent = held.poll(WIRE, [(article("c", at + HOUR), deal(16))], at + HOUR)
    assert [t for t in told(sent) if t[0] != "update"] == []


def test_an_authoritys_matter_has_no_notes_on_terms() -> None:
    held = world()
    held.poll(WIRE, [(article("a"), read())], START)
    at = START + 2 * DAY
    bigger = replace(facts(), amounts=(Amount(value=9 * 10**9, currency="USD", kind="investment"),))
    assert "new-terms" not in [d.reason for d in held.poll(WIRE, [(article("b", at), read(bigger))], at)]
