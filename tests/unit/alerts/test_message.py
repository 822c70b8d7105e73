"""What people read: complete, within Slack's limits, and short."""

from __future__ import annotations

import statistics
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts import blocks
from bot.alerts.alert import Alert, AlertReason
from bot.alerts.alert import shown as proof_of
from bot.alerts.escape import units
from bot.alerts.message import (
    alert_message,
    baseline_message,
    ops_message,
    parent_message,
    plain_message,
    reduced,
    roll_up_messages,
)
from storage.records import AlsoIn, Amount, Deadline, Message
from storage.words import Level, Stage, Tier
from tests.unit.alerts.making import SENTENCE, alert, matter

HOSTILE = "<!channel> & *x* </b> \u202e" + "&" * 5_000


def shown(message: Message) -> str:
    return "\n".join(text for block in message.blocks for text in blocks.texts_of(block))


def assert_within_limits(message: Message) -> None:
    assert 0 < units(message.text) <= blocks.TEXT_ROOM
    assert len(message.blocks) <= blocks.MAX_BLOCKS
    assert blocks.size(message.blocks) <= blocks.BLOCKS_ROOM
    for block in message.blocks:
        for text in blocks.texts_of(block):
            assert 0 < units(text) <= blocks.SECTION_ROOM
            assert "<!" not in text


@pytest.mark.parametrize(
    "part",
    [
        "CMA · Microsoft/OpenAI · investigation opened",
        "(High)",
        "<https://www.gov.uk/cma-cases/microsoft-slash-openai-partnership-merger-inquiry|CMA opens",
        "> The *CMA* has opened a *phase 1 investigation* into *Microsoft*'s partnership with *OpenAI*.",
        "*Parties:* Microsoft, OpenAI",
        "*Amount:* up to USD 13bn (investment)",
        "*Case:* ME/7068/23",
        "*Deadline:* 28 Apr 2026 (phase 1 decision)",
        "Confirmed by CMA",
        "CMA cases (official)",
        "published 2 Mar 2026 08:05 UTC",
        "seen 2 Mar 2026 09:05 UTC",
        "rule cma-cloud-ai-tie",
        "why: first step of this matter",
    ],
)
def test_an_alert_shows_all_that_its_reader_needs(part: str) -> None:
    """Authority, step, parties, amount, evidence, source, times and rule stand in one message."""
    assert part in shown(alert_message(alert()))


def test_the_fallback_text_says_as_much_as_the_blocks() -> None:
    """Notifications and terminals show the text alone."""
    text = alert_message(alert()).text
    for part in (
        "investigation opened",
        "https://www.gov.uk/",
        "USD 13bn",
        "phase 1 investigation",
        "cma-cloud-ai-tie",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (AlertReason.ADVANCED, "inquiry → investigation"),
        (AlertReason.OFFICIAL_ACT, "new act (investigation)"),
        (AlertReason.EDITED, "text updated (investigation)"),
        (AlertReason.CONFIRMED, "investigation confirmed"),
        (AlertReason.REOPENED, "reopened (investigation)"),
        (AlertReason.DEADLINE_MOVED, "deadline moved: inquiry → 28 Apr 2026"),
        (AlertReason.REMINDER, "deadline near"),
    ],
)
def test_the_headline_says_what_happened(reason: AlertReason, words: str) -> None:
    """Each reason has its own words."""
    assert words in alert_message(alert(reason=reason, before="inquiry")).text


def test_a_stage_that_goes_back_is_said_to() -> None:
    """The press was ahead of the facts; the authority's word stands, and the reader learns what changed."""
    text = alert_message(alert(reason=AlertReason.OFFICIAL_ACT, before="litigation")).text
    assert "new act (investigation; the press had said litigation)" in text


def test_the_authoritys_own_note_names_the_step() -> None:
    """A case page's change note is better than any word of ours."""
    assert (
        "· Phase 1 decision announced (High)" in alert_message(alert(note="Phase 1 decision announced.")).text
    )


def test_a_press_only_step_is_unconfirmed() -> None:
    """Nobody takes a rumour for an act."""
    held = replace(matter(confirmed=False), sources=4)
    message = parent_message(alert(of=held, tier=Tier.PRESS, source="A daily", sources=4))
    assert "Unconfirmed: not yet in CMA's own feeds · also in 3 sources" in shown(message)


def test_a_confirmed_step_says_how_far_ahead_the_press_was() -> None:
    """Lead time is what press feeds are watched for."""
    assert "Confirmed by CMA, 3 h after the press" in shown(
        parent_message(alert(reason=AlertReason.CONFIRMED, lead="3 h"))
    )


def test_the_parent_shows_stage_and_next_deadline() -> None:
    """One look at the thread's head says where the matter stands."""
    assert "*Stage:* investigation · *Next deadline:* 28 Apr 2026 (phase 1 decision)" in shown(
        parent_message(alert())
    )


def test_a_closed_matter_says_how_it_ended() -> None:
    """ "Cleared" and "does not qualify" differ in law."""
    ended = alert(reason=AlertReason.CLOSED, of=matter(stage=Stage.DECISION, outcome="no-jurisdiction"))
    assert "does not qualify for review" in alert_message(ended).text
    assert "*Stage:* decision: does not qualify for review" in shown(parent_message(ended))


def test_an_alert_without_a_matter_stands_by_itself() -> None:
    """A user's own keyword rule has no tie to hang on."""
    message = alert_message(alert(alone=True, reason=AlertReason.STANDALONE))
    assert "CMA · Microsoft, OpenAI" in message.text
    assert_within_limits(message)


def test_a_hit_that_names_no_stage_and_no_tie_is_no_deal() -> None:
    """It says the rule's title, and once where nobody is named: "FTC · deal reported" of a speech would be false."""
    hit = alert(alone=True, reason=AlertReason.STANDALONE)
    stageless = replace(hit, facts=replace(hit.facts, stage=None))
    said = alert_message(stageless).text.split("\n")[0]
    assert said.endswith(f"CMA · Microsoft, OpenAI · {hit.match.title} (High)")
    nobody = replace(stageless, facts=replace(stageless.facts, regulators=(), companies=()))
    assert alert_message(nobody).text.split("\n")[0].endswith(f" {hit.match.title} (High)")


@pytest.mark.parametrize("make", [alert_message, parent_message], ids=["alert", "parent"])
def test_hostile_text_stays_within_limits(make: object) -> None:
    """Five thousand ampersands in every field neither break nor overflow a message."""
    wild = alert(
        title=HOSTILE,
        sentence=HOSTILE,
        source=HOSTILE,
        note=HOSTILE,
        url="https://e.org/" + "&" * 1_900,
        rule=HOSTILE[:300],
    )
    assert_within_limits(alert_message(wild) if make is alert_message else parent_message(wild))


@given(title=st.text(max_size=300), sentence=st.text(max_size=500), word=st.text(max_size=10))
@settings(deadline=None, max_examples=80)
def test_any_text_makes_a_message_that_slack_accepts(title: str, sentence: str, word: str) -> None:
    """Limits, and no markup from outside, for whatever a feed holds."""
    assert_within_limits(alert_message(alert(title=title, sentence=sentence, words=(word, "CMA"))))


def test_an_ordinary_message_is_short() -> None:
    """The median message is read, not skimmed: at most 1,200 characters."""
    sizes = [
        units(message.text)
        for message in (alert_message(alert(sentence=SENTENCE * times)) for times in (1, 2, 3))
    ]
    assert statistics.median(sizes) <= 1_200


def test_a_roll_up_drops_nothing() -> None:
    """Three hundred alerts come as a few messages that hold every title and link."""
    alerts = [
        alert(title=f"Title {n} & co", url=f"https://example.org/{n}?a=1&b=2", level=list(Level)[n % 4])
        for n in range(300)
    ]
    messages = roll_up_messages(alerts)
    for message in messages:
        assert_within_limits(message)
    whole = "\n".join(shown(message) for message in messages)
    texts = "\n".join(message.text for message in messages)
    for n in range(300):
        assert f"<https://example.org/{n}?a=1&amp;b=2|Title {n} &amp; co>" in whole
        assert f"Title {n} &amp; co <https://example.org/{n}?a=1&amp;b=2>" in texts
    assert len(messages) <= 30
    assert f"(1/{len(messages)})" in messages[0].text


def test_a_roll_up_of_hostile_titles_stays_within_limits() -> None:
    """The worst titles take more messages, not bigger ones."""
    messages = roll_up_messages([alert(title=HOSTILE, url="https://e.org/" + "&" * 1_000)] * 50)
    for message in messages:
        assert_within_limits(message)


def test_the_reduced_message_is_short_and_whole() -> None:
    """After Slack refused the blocks, at most 2,000 units of text are sent, cut between lines."""
    message = reduced(alert_message(alert(sentence="& " * 900, title="& " * 900)))
    assert message.blocks == ()
    assert units(message.text) <= 2_000
    assert message.text.splitlines()[0].endswith("(High)")


def test_ops_and_baseline_messages_are_escaped_and_bounded() -> None:
    """The bot's own troubles quote feeds and errors too."""
    for message in (
        ops_message(HOSTILE, details=[HOSTILE] * 60),
        baseline_message(feed=HOSTILE, articles=500, hits=3),
        plain_message(HOSTILE),
    ):
        assert units(message.text) <= blocks.TEXT_ROOM
        assert "<!" not in message.text


def test_buttons_carry_only_the_row() -> None:
    """A click sends back an id, nothing that could be trusted."""
    block = blocks.buttons("17", matter=True)
    elements = block["elements"]
    assert isinstance(elements, list)
    assert [e["value"] for e in elements] == ["17"] * 4
    assert len({e["action_id"] for e in elements}) == 4


# ---------------------------------------------------------------------------- the parent and its proof


def proved() -> Alert:
    """Return a press article that corroborates a step which the authority's page proved."""
    first = alert()
    also = (
        AlsoIn(source="Wolkenpost", url="https://w.example/1"),
        AlsoIn(source="A <b>daily", url="javascript:x"),
    )
    held = replace(matter(), showing=proof_of(first), also=also, sources=5)
    return alert(
        title="Kartellwächter prüfen Microsoft",
        url="https://w.example/1",
        sentence="Die CMA prüft.",
        reason=AlertReason.CORROBORATED,
        level=Level.LOW,
        of=held,
        tier=Tier.PRESS,
        source="Wolkenpost",
        rule="another-rule",
        sources=5,
    )


@pytest.mark.parametrize(
    "part",
    [
        "CMA opens phase 1 investigation into Microsoft and OpenAI",
        "> The *CMA* has opened",
        "CMA cases (official)",
        "rule cma-cloud-ai-tie",
        "why: first step of this matter",
        "(High)",
    ],
)
def test_one_more_source_leaves_the_parents_proof_as_it_was(part: str) -> None:
    """Headline, quote, source, rule, reason and level are those of the article that proved the step."""
    assert part in shown(parent_message(proved()))


def test_the_parent_gains_the_names_and_links_of_further_sources() -> None:
    """Three at most are named, the rest is counted; an unsafe address is no link."""
    text = shown(parent_message(proved()))
    assert "also in 4 sources: <https://w.example/1|Wolkenpost>, A &lt;b&gt;daily and 2 more" in text
    assert "Kartellwächter" not in text
    assert "another-rule" not in text


def test_the_parents_deadline_is_the_matters() -> None:
    """A date that only the corroborating article names is not the matter's next deadline."""
    ended = replace(matter(stage=Stage.DECISION, outcome="cleared"), deadline=None)
    base = alert(of=ended)
    late = replace(
        base, facts=replace(base.facts, deadlines=(Deadline(on=date(2026, 5, 1), what="phase 1 decision"),))
    )
    assert "eadline" not in shown(parent_message(late))
    assert "eadline:" not in shown(alert_message(late))


def test_an_entry_that_has_only_an_update_says_so() -> None:
    """GOV.UK's case feeds give no other date."""
    text = alert_message(alert(updated=True)).text
    assert "updated 2 Mar 2026 08:05 UTC" in text
    assert "no date" not in text


def test_sums_are_three_at_most_and_rounded() -> None:
    """A table of past deals does not fill the line."""
    base = alert()
    sums = tuple(
        Amount(value=value, currency="USD", kind="investment")
        for value in (13_254_000_000, 1_354_000_000, 50_000_000_000, 4_000_000, 3_000_000)
    )
    text = alert_message(replace(base, facts=replace(base.facts, amounts=sums))).text
    assert "USD 50bn (investment), USD 13.3bn (investment), USD 1.35bn (investment) and 2 more" in text


def test_related_matters_have_a_stage_and_what_is_only_named_is_said_so() -> None:
    """An authority without a step is no deal, and no matter of its own."""
    deal = replace(matter(stage=None), key="tie:microsoft+openai", authority=None)
    ftc = replace(matter(stage=Stage.INQUIRY), key="ftc:microsoft+openai", authority="ftc")
    ec = replace(matter(stage=None), key="ec:microsoft+openai", authority="ec")
    text = alert_message(replace(alert(), linked=(deal, ftc), others=(ec,))).text
    assert (
        "Related: Microsoft/OpenAI (deal); FTC · Microsoft/OpenAI (inquiry) · Also named: European Commission"
        in text
    )


def test_our_own_commands_are_shown_as_code_and_a_feeds_marks_are_not() -> None:
    """A backtick of ours is a backtick; one of a feed's title is inert."""
    text = ops_message("Feed `rm -rf` is ill. See `regwatch feeds status --feed x`.").text
    assert "See `regwatch feeds status --feed x`." in text
    assert "`rm -rf`" not in text
    assert "`regwatch hits`" in plain_message("See them with `regwatch hits`.").text


def test_a_moved_deadline_is_written_as_people_write_dates() -> None:
    """Both dates in one form."""
    moved = alert(reason=AlertReason.DEADLINE_MOVED, before="2026-03-12")
    assert "deadline moved: 12 Mar 2026 → 28 Apr 2026" in alert_message(moved).text


def test_link_comes_first_then_parties_then_the_sentence_then_source_and_rule() -> None:
    """The order in which a lawyer reads."""
    text = parent_message(alert()).text
    spots = [text.index(part) for part in ("https://", "Parties", "> The", "Confirmed by", "rule cma")]
    assert spots == sorted(spots)
