"""The brief."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.alerts.digest import Brief, brief_messages, brief_of, markdown
from bot.matters.verdict import Verdict
from storage.records import Deadline, Facts, Hit, Matter, Step
from storage.words import Kind, Level, RuleStatus, Stage
from tests.unit.alerts.making import NOW, matter

SINCE = NOW - timedelta(days=7)
HELD = replace(matter(), moved_at=NOW - timedelta(days=1), deadline=None)


def hit(number: int, *, key: str | None = HELD.key, verdict: str = "told", title: str = "A story") -> Hit:
    return Hit(
        id=number,
        article_id=number,
        revision=0,
        url=f"https://news.test/{number}",
        title=title,
        feed="wire",
        rule="cma-tie",
        rule_digest="d",
        kind=Kind.SIGNAL,
        level=Level.HIGH,
        status=RuleStatus.LIVE,
        verdict=verdict,
        facts=Facts(),
        spans=(),
        sentence="",
        matter=key,
        language="en",
        published_at=None,
        first_seen_at=NOW - timedelta(days=1),
        matched_at=NOW - timedelta(days=1),
    )


def step(reason: str, *, at: datetime, note: str = "", confirmed: bool = True) -> Step:
    return Step(
        matter=HELD.key,
        stage=Stage.INVESTIGATION,
        reason=reason,
        at=at,
        happened_at=at,
        confirmed=confirmed,
        note=note,
    )


def brief(
    *, hits: tuple[Hit, ...] = (), matters: tuple[Matter, ...] = (HELD,), steps: tuple[Step, ...] = ()
) -> Brief:
    return brief_of(hits=hits, matters=matters, steps=steps, since=SINCE, now=NOW, zone="Europe/London")


def test_a_matter_with_steps_moved_and_its_articles_are_counted() -> None:
    found = brief(
        hits=(hit(1), hit(2, verdict="corroborates")),
        steps=(
            step("advanced", at=NOW - timedelta(hours=2)),
            step("opened", at=NOW - timedelta(days=2)),
            step("opened", at=SINCE - timedelta(hours=1)),
        ),
    )
    (moved,) = found.moved
    assert [s.reason for s in moved.steps] == ["opened", "advanced"]
    assert moved.articles == 2
    assert found.spoken == ()


def test_a_matter_without_a_step_is_only_spoken_of() -> None:
    assert [(m.matter.key, m.articles) for m in brief(hits=(hit(1),)).spoken] == [(HELD.key, 1)]


def test_what_hangs_on_no_matter_is_listed() -> None:
    found = brief(hits=(hit(1, key=None), hit(2, key=None, verdict=Verdict.DUPLICATE)))
    assert [h.id for h in found.alone] == [1]


def test_deadlines_of_the_next_two_weeks_are_due() -> None:
    near = replace(HELD, key="a", deadline=Deadline(on=date(2026, 3, 10), what="comments"))
    far = replace(HELD, key="b", deadline=Deadline(on=date(2026, 4, 10), what="comments"))
    past = replace(HELD, key="c", deadline=Deadline(on=date(2026, 3, 1), what="comments"))
    assert [m.key for m in brief(matters=(far, near, past)).due] == ["a"]


def test_a_press_report_that_waits_three_days_is_unconfirmed() -> None:
    waiting = replace(HELD, confirmed=False, moved_at=NOW - timedelta(days=4))
    fresh = replace(waiting, key="b", moved_at=NOW - timedelta(hours=1))
    assert [m.key for m in brief(matters=(waiting, fresh)).unconfirmed] == [HELD.key]


def test_what_was_hidden_or_only_recorded_is_counted() -> None:
    found = brief(
        hits=(hit(1, verdict="silenced"), hit(2, verdict="late"), hit(3, verdict="baseline"), hit(4, verdict="shadow"))
    )  # fmt: skip
    assert (found.hidden, found.recorded) == (1, 2)


def test_an_empty_week_says_so() -> None:
    text = markdown(brief())
    assert "Nothing happened that a rule looks for." in text
    assert len(brief_messages(brief())) == 1


def test_the_markdown_reads_as_a_brief() -> None:
    text = markdown(
        brief(
            hits=(hit(1), hit(2, key=None)),
            steps=(step("advanced", at=NOW - timedelta(hours=2), note="Phase 1 opened"),),
        )
    )
    assert text == (
        "# Brief: 23 Feb 2026 09:05 to 2 Mar 2026 09:05 (Europe/London)\n"
        "\n"
        "## What moved\n"
        "\n"
        "- CMA · Microsoft/OpenAI: investigation; 1 article\n"
        "  - 2 Mar 2026 advanced (investigation): Phase 1 opened\n"
        "\n"
        "## Other hits\n"
        "\n"
        "- [A story](<https://news.test/2>): rule cma-tie\n"
    )


def test_titles_from_feeds_are_text_and_nothing_else() -> None:
    found = brief(hits=(hit(1, key=None, title="<!channel> [x](https://evil.test) & *b*"),))
    assert r"\<!channel\> \[x\](https://evil.test) & \*b\*" in markdown(found)
    (message,) = brief_messages(found)
    assert "<!channel>" not in message.text
    assert "&lt;!channel&gt;" in message.text


def test_a_long_week_is_several_messages_within_slacks_room() -> None:
    found = brief(hits=tuple(hit(n, key=None, title=f"Story {n} " + "x" * 80) for n in range(120)))
    messages = brief_messages(found)
    assert len(messages) > 1
    assert all(len(m.text) <= 4000 for m in messages)
    joined = "\n".join(m.text for m in messages)
    assert all(f"Story {n} " in joined for n in range(120))


def test_matters_that_were_merged_away_are_left_out() -> None:
    gone = replace(HELD, merged_into="ec:case:M.1")
    assert brief(matters=(gone,), steps=(step("opened", at=NOW - timedelta(days=1)),)).moved == ()
