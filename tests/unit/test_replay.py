"""A quarter replayed in memory: 60 polls, three matters, five languages, and three feeds that misbehave."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from bot.feeds.feed import Feed
from bot.feeds.identity import sort_articles, with_keys
from bot.plan import plan_poll
from storage.database import open_store
from storage.records import Article, NewDelivery
from storage.words import Kind, Stage, Tier
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
    PlainRender,
    Read,
    Told,
    World,
    article,
    case_page,
    facts,
    match,
    read,
    told,
)

PRESS = Feed(id="aggregator", url="https://d.test", tier=Tier.PRESS)
STAMPER = Feed(id="stamper", url="https://e.test", tier=Tier.PRESS)
SHIFTER = Feed(id="shifter", url="https://f.test", tier=Tier.PRESS)
FLOOD = Feed(id="flood", url="https://g.test", tier=Tier.PRESS)
EC_TIE = "ec:microsoft+openai"
DEAL_TIE = "tie:mistral+nvidia"
SLUG = "gov.uk:amazon-anthropic"
LANGUAGES = ("en", "fr", "de", "es", "it")


@dataclass(frozen=True)
class Poll:
    """One poll of the script."""

    day: float
    feed: Feed
    pairs: tuple[tuple[Article, Read], ...]


def cma(stage: Stage | None, **more: object) -> Read:
    found = facts(stage, cases=(SLUG,))
    return read(replace(found, **more))  # type: ignore[arg-type]


def page(day: float, text: str) -> Article:
    return case_page("amazon-anthropic", START, START + day * DAY, text=text)


def press(day: float, number: int, stage: Stage) -> Poll:
    """Return a story of the CMA matter in one of five languages, by a publisher of its own."""
    language = LANGUAGES[number % 5]
    story = article(
        f"Story number {number} about the tie",
        START + day * DAY - HOUR,
        feed=PRESS,
        publisher=f"Outlet {number}",
        language=language,
    )
    return Poll(day, PRESS, ((story, read(facts(stage))),))


def ec(stage: Stage, **more: object) -> Read:
    found = facts(stage, regulators=("ec",), ties=(("microsoft", "openai"),))
    return read(replace(found, **more), match("ec-tie"))  # type: ignore[arg-type]


def restamped(day: float) -> Poll:
    """Return the same three stories with the time of the poll on each."""
    now = START + day * DAY
    pairs = [
        (article(f"A stamped story of number {n} here", now, feed=STAMPER), read(facts(Stage.CONCERN)))
        for n in range(3)
    ]
    return Poll(day, STAMPER, tuple(pairs))


def shifted(day: float) -> Poll:
    """Return the same two stories under ids that change with every poll."""
    pairs = [
        (
            article(f"A shifting story of number {n} here", START, feed=SHIFTER, guid=f"{day}-{n}"),
            read(facts(Stage.CONCERN)),
        )
        for n in range(2)
    ]
    return Poll(day, SHIFTER, tuple(pairs))


def flooded(day: float) -> Poll:
    """Return 500 stories about as many ties."""
    now = START + day * DAY
    pairs = []
    for n in range(500):
        found = facts(Stage.CONCERN, regulators=("ftc",), ties=((f"cloud{n}", f"lab{n}"),))
        story = article(f"Flood story {n} of a feed rebuilt", now - n * timedelta(minutes=1), feed=FLOOD)
        pairs.append((story, read(found, match("ftc-tie"))))
    return Poll(day, FLOOD, tuple(pairs))


def script() -> list[Poll]:
    """Return the sixty polls in order of time."""
    comments, later = date(2026, 5, 9), date(2026, 5, 23)
    polls = [
        Poll(1, CMA, ((page(1, "invites comments"), cma(Stage.INQUIRY)),)),
        Poll(14, CMA, ((page(14, "phase 1"), cma(Stage.INVESTIGATION)),)),
        Poll(20, CMA, ((page(20, "phase 1"), cma(Stage.INVESTIGATION)),)),
        Poll(60, CMA, ((page(60, "cleared"), cma(Stage.DECISION, outcome="cleared")),)),
        Poll(75, CMA, ((page(75, "full text"), cma(Stage.DECISION, outcome="cleared")),)),
        Poll(5, WIRE, ((article("EC looks at Microsoft and OpenAI", START + 5 * DAY), ec(Stage.INQUIRY)),)),
        Poll(
            8,
            EC,
            (
                (
                    article("Commission asks Microsoft", START + 8 * DAY, feed=EC),
                    read(
                        facts(
                            Stage.INQUIRY,
                            regulators=("ec",),
                            ties=(("microsoft", "openai"),),
                            deadline=comments,
                        ),
                        match("ec-tie"),
                    ),
                ),
            ),
        ),
        Poll(
            30,
            EC,
            (
                (
                    article("Commission gives more time", START + 30 * DAY, feed=EC),
                    read(
                        facts(
                            Stage.INQUIRY, regulators=("ec",), ties=(("microsoft", "openai"),), deadline=later
                        ),
                        match("ec-tie"),
                    ),
                ),
            ),
        ),
        Poll(
            10,
            WIRE,
            (
                (
                    article("NVIDIA invests in Mistral again", START + 10 * DAY),
                    read(replace(DEAL, ties=(("nvidia", "mistral"),)), match("deal", kind=Kind.DEAL)),
                ),
            ),
        ),
        Poll(
            11,
            PRESS,
            (
                (
                    article("NVIDIA steigt bei Mistral ein", START + 11 * DAY, feed=PRESS, publisher="Blatt"),
                    read(replace(DEAL, ties=(("nvidia", "mistral"),)), match("deal", kind=Kind.DEAL)),
                ),
            ),
        ),
        flooded(40),
    ]
    polls += [press(2 + n, n, Stage.INQUIRY) for n in range(10)]
    polls += [press(15 + n, n, Stage.INVESTIGATION) for n in range(10, 20)]
    polls += [press(61 + n, n, Stage.DECISION) for n in range(20, 25)]
    polls += [restamped(3 + n) for n in range(12)]
    polls += [shifted(4 + n) for n in range(12)]
    return sorted(polls, key=lambda p: p.day)


def run(polls: list[Poll]) -> tuple[World, list[NewDelivery]]:
    """Replay the polls and return what was sent, in order."""
    world = World().watch(CMA, EC, WIRE, PRESS, STAMPER, SHIFTER, FLOOD)
    sent: list[NewDelivery] = []
    for poll in polls:
        sent += world.poll(poll.feed, poll.pairs, START + poll.day * DAY)
    return world, sent


def of(sent: list[NewDelivery], matter: str) -> Told:
    return [t for t in told(sent) if t[2] == matter]


def test_there_are_sixty_polls_with_twenty_five_stories_in_five_languages() -> None:
    polls = script()
    assert len(polls) == 60
    stories = [a for p in polls if p.feed is PRESS for a, _ in p.pairs if "Story number" in a.title]
    assert len(stories) == 25
    assert {a.language for a in stories} == set(LANGUAGES)


def test_the_cma_matter_reaches_the_channel_with_its_steps_and_nothing_else() -> None:
    """Invitation, Phase 1, a further act, clearance and its full text; 25 stories only edit the parent."""
    _, sent = run(script())
    assert [t[:2] for t in of(sent, CMA_TIE) if t[0] != "update"] == [
        ("post", "opened"),
        ("reply", "advanced"),
        ("reply", "official-act"),
        ("reply", "closed"),
        ("reply", "official-act"),
    ]


def test_every_call_of_the_cma_matter_in_its_order() -> None:
    """Each step is a reply and an edit; each new publisher is an edit; known stories are nothing."""
    _, sent = run(script())
    more = ("update", "corroborated")
    assert [t[:2] for t in of(sent, CMA_TIE)] == [
        ("post", "opened"),
        *[more] * 12,  # ten outlets, and the two misbehaving feeds once each
        ("reply", "advanced"),
        ("update", "advanced"),
        ("reply", "official-act"),
        ("update", "official-act"),
        *[more] * 10,
        ("reply", "closed"),
        ("update", "closed"),
        ("reply", "official-act"),
        ("update", "official-act"),
        *[more] * 5,
    ]


def test_the_other_matters_open_are_confirmed_and_move_their_deadline() -> None:
    _, sent = run(script())
    assert of(sent, EC_TIE) == [
        ("post", "opened", EC_TIE),
        ("reply", "confirmed", EC_TIE),
        ("update", "confirmed", EC_TIE),
        ("reply", "deadline-moved", EC_TIE),
        ("update", "deadline-moved", EC_TIE),
    ]
    assert of(sent, DEAL_TIE) == [("post", "opened", DEAL_TIE), ("update", "corroborated", DEAL_TIE)]


def test_a_flood_of_five_hundred_entries_is_a_handful_of_messages_that_name_every_one() -> None:
    _, sent = run(script())
    pages = [d for d in sent if d.reason == "roll-up"]
    assert len(pages) == 10
    named = "\n".join(d.message.text for d in pages)
    assert all(f"Flood story {n} of" in named for n in range(500))
    assert not [d for d in sent if d.matter and d.matter.startswith("ftc:")]


def test_nothing_else_is_sent() -> None:
    _, sent = run(script())
    known = {CMA_TIE, EC_TIE, DEAL_TIE}
    assert {d.destination for d in sent} == {CHANNEL}
    assert all(d.matter in known or d.reason == "roll-up" for d in sent)
    assert len({d.key for d in sent}) == len(sent)


def test_the_matter_ends_as_the_script_says() -> None:
    world, _ = run(script())
    matter = world.matter_rows[CMA_TIE]
    assert (matter.stage, matter.outcome, matter.confirmed) == (Stage.DECISION, "cleared", True)
    assert matter.cases == (SLUG,)
    assert [s.reason for s in world.steps if s.matter == CMA_TIE] == [
        "opened",
        "advanced",
        "official-act",
        "closed",
        "official-act",
    ]


def test_a_poll_repeated_after_a_crash_writes_the_same_keys() -> None:
    """The transaction was lost, the poll runs again a minute later: same deliveries."""
    world = World().watch(CMA, EC, WIRE, PRESS, STAMPER, SHIFTER, FLOOD)
    for poll in script():
        now = START + poll.day * DAY
        lost = world.plan(poll.feed, poll.pairs, now)
        kept = world.plan(poll.feed, poll.pairs, now + timedelta(minutes=1))
        assert [d.key for d in lost.deliveries] == [d.key for d in kept.deliveries]
        world.keep(kept, poll.feed)


def test_through_the_real_store_the_calls_are_the_same(tmp_path: Path) -> None:
    """SQLite answers the plan's questions as the stand-in does; every poll is one transaction."""
    store = open_store(f"sqlite:///{tmp_path}/replay.db")
    watched = START - DAY
    sent: list[NewDelivery] = []
    for poll in script():
        now = START + poll.day * DAY
        keyed = with_keys(poll.feed, [a for a, _ in poll.pairs])
        reads = {(a.guid, a.link, a.digest): r for a, r in poll.pairs}
        with store.writing() as tx:
            known = tx.known_articles(poll.feed.id, [k for a in keyed for k in a.keys])
            found = sort_articles(poll.feed, keyed, known, now)
            order = [*found.new, *(a for _, a in found.revised)]
            plan = plan_poll(
                poll.feed,
                replace(tx.feed_state(poll.feed.id), baseline_at=watched),
                found,
                {n: reads[a.guid, a.link, a.digest] for n, a in enumerate(order)},
                context=tx,
                now=now,
                settings=SETTINGS,
                render=PlainRender(),
            )
            tx.save_poll(plan)
        sent += plan.deliveries
    store.close()
    _, expected = run(script())
    assert sent == expected


def test_the_store_knows_which_links_were_dealt_with_elsewhere(tmp_path: Path) -> None:
    """An article that matched nothing in one feed is no reason to keep quiet about it in the next."""
    store = open_store(f"sqlite:///{tmp_path}/links.db")
    alone = read(facts(None, regulators=(), ties=()), match("keyword"))
    pairs = [(article("told", START), alone), (article("plain", START), NOTHING)]
    world = World().watch(WIRE)
    with store.writing() as tx:
        tx.save_poll(world.plan(WIRE, pairs, START))
        links = [a.link for a, _ in pairs]
        assert tx.told_elsewhere("other", links) == {"https://news.test/told"}
        assert tx.told_elsewhere(WIRE.id, links) == frozenset()
    store.close()
