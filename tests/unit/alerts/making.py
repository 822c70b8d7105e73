"""Alerts to put into words."""

from __future__ import annotations

from datetime import UTC, date, datetime

from bot.alerts.alert import Alert, AlertReason
from storage.records import Amount, Article, Deadline, Facts, Match, Matter, Span, Step
from storage.words import Kind, Level, RuleStatus, Stage, Tier

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
SENTENCE = "The CMA has opened a phase 1 investigation into Microsoft's partnership with OpenAI."


def matter(
    *,
    confirmed: bool = True,
    deadline: Deadline | None = None,
    stage: Stage | None = Stage.INVESTIGATION,
    outcome: str = "",
) -> Matter:
    return Matter(
        key="cma:microsoft+openai",
        title="CMA: Microsoft / OpenAI",
        authority="cma",
        tie=("microsoft", "openai"),
        cases=("ME/7068/23",),
        stage=stage,
        level=Level.HIGH,
        confirmed=confirmed,
        opened_at=NOW,
        moved_at=NOW,
        deadline=deadline or Deadline(on=date(2026, 4, 28), what="phase 1 decision"),
        outcome=outcome,
    )


def alert(
    *,
    title: str = "CMA opens phase 1 investigation into Microsoft and OpenAI",
    url: str = "https://www.gov.uk/cma-cases/microsoft-slash-openai-partnership-merger-inquiry",
    sentence: str = SENTENCE,
    words: tuple[str, ...] = ("CMA", "phase 1 investigation", "Microsoft", "OpenAI"),
    reason: AlertReason = AlertReason.OPENED,
    level: Level = Level.HIGH,
    of: Matter | None = None,
    alone: bool = False,
    tier: Tier = Tier.OFFICIAL,
    source: str = "CMA cases",
    sources: int = 1,
    before: str = "",
    lead: str = "",
    note: str = "",
    rule: str = "cma-cloud-ai-tie",
    updated: bool = False,
) -> Alert:
    subject = None if alone else (of or matter())
    return Alert(
        reason=reason,
        level=level,
        article=Article(
            feed="cma-cases",
            guid="1",
            link=url,
            url=url,
            title=title,
            published_at=None if updated else NOW.replace(hour=8),
            updated_at=NOW.replace(hour=8) if updated else None,
        ),
        match=Match(
            rule=rule,
            digest="d",
            title="CMA acts on a cloud–AI tie",
            kind=Kind.SIGNAL,
            level=level,
            status=RuleStatus.LIVE,
            spans=tuple(Span(field="body", start=0, end=len(w), text=w) for w in words),
            sentence=sentence,
        ),
        facts=Facts(
            regulators=("cma",),
            companies=("microsoft", "openai"),
            stage=Stage.INVESTIGATION,
            amounts=(Amount(value=13_000_000_000, currency="USD", kind="investment", upto=True),),
            theories=("material-influence",),
            cases=("ME/7068/23",),
        ),
        source=source,
        tier=tier,
        seen_at=NOW,
        matter=subject,
        step=Step(
            matter=subject.key,
            stage=subject.stage,
            reason=reason.value,
            at=NOW,
            happened_at=NOW,
            confirmed=subject.confirmed,
            note=note,
        )
        if subject
        else None,
        sources=sources,
        before=before,
        lead=lead,
    )
