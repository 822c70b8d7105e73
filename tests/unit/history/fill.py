"""A database with a small past: one matter from rumour to confirmation, and every other fate that a link can have."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from bot.matching.rule_file import load_rules
from storage.outbox import Outbox
from storage.records import (
    Deadline,
    FeedState,
    Match,
    Matter,
    MessageRef,
    NewArticle,
    NewHit,
    NewStep,
    PollPlan,
    RawFetch,
    Silence,
    Span,
    Step,
    WatchNote,
)
from storage.words import DeliveryAction, Kind, Level, RuleStatus, Stage
from storage.writer import Store
from tests.unit.storage.make import a_store, article, delivery, facts, match, save

START = datetime(2024, 3, 1, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FAR = datetime(2999, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = "cma:amazon+anthropic"
DEAL = "tie:amazon+anthropic"
RUMOUR = "https://news.example/rumour"
ECHO = "https://news.example/echo"
HELD = "https://news.example/held"
CASE = "https://gov.uk/cma-cases/amazon-anthropic"
HOSTILE = "Evil \x1b[31m<script>alert(1)</script> \u202etitle | [x](javascript:1)"
RULES = Path(__file__).resolve().parents[3] / "rules"
RULE = """\
- id: cma-tie
  title: CMA acts on a tie
  kind: signal
  level: high
  status: live
  when:
    all:
      - regulator: cma
      - company: amazon
  examples:
    match: ["CMA looks at Amazon and Anthropic: merger inquiry"]
    no_match: ["Amazon opens a warehouse"]
"""
RAW = b"<rss><channel><title>Wire</title></channel></rss>"
PERMALINK = "https://team.slack.example/archives/C1/p1"


def matter(key: str = KEY, **values: object) -> Matter:
    words: dict[str, object] = {
        "key": key,
        "title": "CMA: Amazon / Anthropic",
        "authority": "cma",
        "tie": ("amazon", "anthropic"),
        "cases": ("gov.uk:amazon-anthropic",),
        "stage": Stage.INQUIRY,
        "level": Level.HIGH,
        "opened_at": START + DAY,
        "moved_at": START + DAY,
    }
    return Matter(**{**words, **values})  # type: ignore[arg-type]


def _found(
    verdict: str,
    *,
    of: str | None = KEY,
    rule: Match | None = None,
    why: str = "",
    digest: str = "0" * 16,
    **more: object,
) -> NewHit:
    return NewHit(
        match=rule or match(digest=digest),
        facts=facts(cases=("gov.uk:amazon-anthropic",), **more),
        matter=of,
        verdict=verdict,
        why=why or "CMA on Amazon / Anthropic",
    )


def step(
    reason: str,
    at: datetime,
    *,
    stage: Stage | None = Stage.INQUIRY,
    confirmed: bool = False,
    note: str = "",
    of: str = KEY,
) -> Step:
    return Step(
        matter=of, stage=stage, reason=reason, at=at, happened_at=at - HOUR, confirmed=confirmed, note=note
    )


def poll(
    feed: str, at: datetime, *articles: NewArticle, watch: WatchNote | None = None, **values: object
) -> PollPlan:
    state = FeedState(
        feed=feed, url=f"https://{feed}.example/feed", checked_at=at, ok_at=at, baseline_at=START
    )
    note = watch or WatchNote(state="seen", reason="", until=DAY)
    return PollPlan(state=state, at=at, articles=articles, watched=note, **values)  # type: ignore[arg-type]


def told(name: str, *hits: NewHit, feed: str = "wire", **values: object) -> NewArticle:
    one = article(name, feed=feed, **values)
    span = Span(field="title", start=0, end=4, text=one.title[:4])
    return NewArticle(
        article=one, hits=tuple(replace(hit, match=replace(hit.match, spans=(span,))) for hit in hits)
    )


def fill(store: Store, digest: str = "0" * 16) -> None:
    """Write the past; `digest` is that of the rule whose hits it has."""
    found = partial(_found, digest=digest)
    shadow = match("draft-rule", status=RuleStatus.SHADOW)
    deal = match("deal-rule", kind=Kind.DEAL, level=Level.LOW)
    save(store, poll("wire", START, told("old", found("baseline", of=None)), told("other")))
    save(store, poll("cma-cases", START))
    with store.writing() as tx:
        tx.add_silence(
            Silence(
                id=0, author="Ada", reason="conference week", created_at=START, until=START + 6 * DAY,
                company="nvidia", hidden=1,
            )
        )  # fmt: skip
    opened = START + DAY
    save(
        store,
        poll(
            "wire",
            opened,
            told(
                "rumour", found("told"), published_at=opened - HOUR, publisher="The Wire",
                title="CMA said to look at Amazon and Anthropic",
            ),
            matters=(matter(), matter(DEAL, title="Amazon / Anthropic", authority=None, stage=None, cases=())),
            steps=(
                NewStep(step=step("opened", opened), article_key="guid:rumour"),
                NewStep(step=step("opened", opened, stage=None, of=DEAL), article_key="guid:rumour"),
            ),
            deliveries=(delivery("opened", matter=KEY, article_keys=("guid:rumour",)),),
        ),
        raw=RawFetch(url="https://wire.example/feed", fetched_at=opened, body=RAW, headers={"etag": '"1"'}),
    )  # fmt: skip
    save(
        store,
        poll(
            "wire",
            opened + HOUR,
            told("echo", found("corroborates"), title=HOSTILE),
            aliases={3: ("link:https://news.example/moved",)},
        ),
    )
    save(store, poll("cma-cases", opened + HOUR))
    confirmed = START + 3 * DAY
    due = Deadline(on=date(2999, 4, 28), what="phase 1 decision")
    save(
        store,
        poll(
            "cma-cases",
            confirmed,
            told(
                "case", found("told", deadlines=(due,)), feed="cma-cases", link=CASE, url=CASE,
                title="Amazon / Anthropic partnership merger inquiry", published_at=confirmed - HOUR,
            ),
            matters=(matter(confirmed=True, moved_at=confirmed, deadline=due, sources=2),),
            steps=(
                NewStep(
                    step=step("confirmed", confirmed, confirmed=True, note="Invitation to comment opened"),
                    article_key="guid:case",
                ),
            ),
            deliveries=(
                delivery("confirmed", matter=KEY, action=DeliveryAction.REPLY, article_keys=("guid:case",)),
            ),
            authority="cma",
        ),
    )  # fmt: skip
    _deliver(store, confirmed)
    gap = WatchNote(state="gap", reason="every item was new", until=DAY)
    fates = START + 4 * DAY
    save(
        store,
        poll(
            "wire",
            fates,
            told("late", found("late")),
            told("shadowed", found("shadow", of=None, rule=shadow)),
            told("silenced", found("silenced", of=None, companies=("nvidia", "openai"))),
            told("twin", found("duplicate")),
            told("held", found("held", of=None, rule=deal)),
            told("pending", found("told", of=DEAL, rule=deal)),
            told("nothing", title="Amazon opens a warehouse", summary="No regulator in sight."),
            watch=gap,
            deliveries=(
                delivery("held", article_keys=("guid:held",), not_before=FAR, reason="opened"),
                delivery("pending", matter=DEAL, article_keys=("guid:pending",)),
            ),
        ),
    )
    blind = WatchNote(state="blind", reason="http-server", until=2 * HOUR)
    save(store, poll("cma-cases", START + 4 * DAY, watch=blind))
    save(store, poll("cma-cases", START + 4 * DAY + 2 * HOUR))


def _deliver(store: Store, now: datetime) -> None:
    outbox = Outbox(store)
    for number in range(2):
        row = outbox.claim(now, blocked=frozenset())
        assert row is not None
        outbox.sent(row.id, MessageRef(channel_id="C1", ts=f"1.{number}"), PERMALINK, now)


def filled(folder: Path, *, lexicon: bool = False) -> Path:
    """Write the past into a database, and the settings that name it; return the settings' file.

    `lexicon`: the rules folder can be used, and the hits have the digest of the rule in it.
    """
    rules = folder / "rules"
    rules.mkdir()
    (rules / "feeds.yaml").write_text(
        "- {id: wire, url: 'https://news.example/feed'}\n"
        "- {id: cma-cases, url: 'https://www.gov.uk/cma-cases.atom', authority: cma, tier: official}\n",
        encoding="utf-8",
    )
    digest = "0" * 16
    if lexicon:
        shutil.copytree(RULES / "lexicon", rules / "lexicon")
        (rules / "cma.yaml").write_text(RULE, encoding="utf-8")
        digest = load_rules(rules).rules[0].digest
    with a_store(folder) as store:
        fill(store, digest)
        while store.index_pending():
            pass
    file = folder / "regwatch.yaml"
    file.write_text(f"database: sqlite:///{folder / 'watch.db'}\nrules: {rules}\n", encoding="utf-8")
    return file
