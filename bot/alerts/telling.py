"""What each article of a poll makes of its matter, and whether that is told, edited in, or kept quiet.

The last pure stage before destinations: places in, tellings and verdicts out. Contains no I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.alerts.alert import Alert, AlertReason, shown
from bot.alerts.policy import level_of
from bot.alerts.silence import silenced_by
from bot.matters.assign import Board, Place, others_of
from bot.matters.corroboration import Carriers, carriers_of, corroborated, told_officially, with_carrier
from bot.matters.evidence import Evidence, article_key
from bot.matters.showing import also_in, has_new_terms, shown_anew
from bot.matters.steps import Development, develop
from bot.matters.verdict import Verdict
from storage.records import Matter, NewStep, Silence, SourceNote

NOTE_GAP = timedelta(days=1)  # between two notes on the terms of one deal


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """An alert to be told (`edit` False), or a state of a matter to be edited into its parent message.

    `mark` names the article revision behind it. `aside` is told in the thread only.
    """

    alert: Alert
    mark: str
    edit: bool = False
    aside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What became of one article: its matter's key, a verdict, and both explained in one line."""

    matter: str | None
    verdict: Verdict
    why: str


@dataclass(slots=True, kw_only=True)
class Rulings:
    """The working set of one poll: the board, and what was decided so far."""

    board: Board
    now: datetime
    sources: Callable[[str], Sequence[SourceNote]]
    parents: Callable[[str], frozenset[str]]
    silences: Sequence[Silence]
    elsewhere: frozenset[str] = frozenset()  # marks of articles whose link another feed brought before
    quiet_verdict: dict[str, Verdict] = field(default_factory=dict)  # by mark: baseline or late
    edits_left: frozenset[str] = frozenset()  # marks whose correction may still be told in the thread
    steps: list[NewStep] = field(default_factory=list)
    tellings: list[Telling] = field(default_factory=list)
    rulings: dict[str, Ruling] = field(default_factory=dict)  # by mark
    hidden: dict[int, int] = field(default_factory=dict)
    carried: dict[str, Carriers] = field(default_factory=dict)

    def decide(self, places: Sequence[Place]) -> None:
        """Rule on every place, oldest first."""
        for place in places:
            verdict, why = self._alone(place) if place.key is None else self._within(place, place.key)
            self.rulings[place.evidence.mark] = Ruling(
                matter=place.key, verdict=verdict, why=f"{place.why}; {why}"
            )

    # ------------------------------------------------------------------ a hit with no matter

    def _alone(self, place: Place) -> tuple[Verdict, str]:
        evidence = place.evidence
        if evidence.quiet:
            return self._quietly(evidence)
        if evidence.mark in self.elsewhere and not evidence.revision:
            return Verdict.DUPLICATE, "the same link came from another feed before"
        if not evidence.first_match:
            return Verdict.KNOWN, "an edit of an article that was told before"
        alert = self._alert(evidence, AlertReason.STANDALONE, matter=None)
        return self._tell(Telling(alert=alert, mark=evidence.mark))

    # ------------------------------------------------------------------ a hit within a matter

    def _within(self, place: Place, key: str) -> tuple[Verdict, str]:
        evidence, named = place.evidence, self.board.matters[key]
        before = None if key in self.board.fresh else named
        if self._is_duplicate(evidence, key):
            return Verdict.DUPLICATE, "the same link came from another feed before"
        if evidence.quiet and before is not None and self._told(before):
            return self._quietly(evidence)  # it must not swallow a step that is still to be told
        development = develop(before, named, evidence, self.now)
        # An authority that has confirmed the stage is one of its sources, though its page may still read as an inquiry's.
        counted_already = before is not None and before.confirmed and evidence.official
        if before is not None and development.same_stage and not counted_already:
            counted = with_carrier(development.matter, evidence.publisher, self._carried(before))
            development = replace(development, matter=counted)
        if evidence.quiet:
            self._keep(development, place)
            return self._quietly(evidence)
        match development.reason:
            case "known":
                return Verdict.KNOWN, "an edit that says nothing new"
            case "edited":
                return self._edited(development, place)
            case "corroborated" if before is not None and self._told(before):
                if self._notes_terms(development.matter, evidence):
                    return self._new_terms(development, place)
                return self._corroborated(development, place)
            case "corroborated":
                reason, why = AlertReason.OPENED, "the first that is told of this matter"
            case step:
                reason, why = AlertReason(step), f"step: {step}"
        return self._step(development, place, reason, why)

    def _is_duplicate(self, evidence: Evidence, key: str) -> bool:
        """Return whether the link was seen in another feed; an authority's own entry counts only against official ones.

        The press may carry the authority's link before the authority's feed does; that feed still confirms.
        """
        if evidence.revision or evidence.mark not in self.elsewhere:
            return False
        return not evidence.official or told_officially(evidence.article.link, self.sources(key))

    def _step(
        self, development: Development, place: Place, reason: AlertReason, why: str
    ) -> tuple[Verdict, str]:
        evidence, matter = place.evidence, development.matter
        level = level_of(evidence.match.level, reason=reason, kind=evidence.match.kind, matter=matter)
        matter = replace(matter, level=max(matter.level, level, key=lambda one: one.rank))
        others = others_of(self.board, place, self.now)
        first = self._alert(evidence, reason, matter=matter, development=development, others=others)
        matter = shown_anew(matter, shown(first))
        alert = replace(first, matter=replace(matter, told=True))
        verdict, said = self._tell(Telling(alert=alert, mark=evidence.mark))
        told = verdict is Verdict.TOLD
        self._keep(replace(development, matter=replace(matter, told=matter.told or told)), place)
        # Silenced or not: a parent that stands always shows the current state.
        self.tellings.append(Telling(alert=alert, mark=evidence.mark, edit=True))
        return verdict, f"{why}; {said}"

    def _corroborated(self, development: Development, place: Place) -> tuple[Verdict, str]:
        evidence, matter = place.evidence, development.matter
        more = corroborated(matter, evidence, self._carried(matter))
        if more is None:
            return Verdict.CORROBORATES, f"{evidence.source} carried this step already"
        more = replace(more, also=also_in(more, evidence.source, evidence.article.url))
        self.board.put(more)
        self.carried[more.key] = self._carried(more).with_one(evidence.publisher)
        alert = self._alert(evidence, AlertReason.CORROBORATED, matter=more, development=development)
        self.tellings.append(Telling(alert=alert, mark=evidence.mark, edit=True))
        return Verdict.CORROBORATES, f"{more.sources} sources carry this step"

    def _notes_terms(self, matter: Matter, evidence: Evidence) -> bool:
        """Return whether new terms of a deal are to be noted in its thread: once a day at most."""
        rested = self.now - (matter.noted_at or matter.moved_at) >= NOTE_GAP
        return rested and has_new_terms(matter, evidence.facts) and bool(self.parents(matter.key))

    def _new_terms(self, development: Development, place: Place) -> tuple[Verdict, str]:
        evidence = place.evidence
        alert = self._alert(
            evidence, AlertReason.NEW_TERMS, matter=development.matter, development=development
        )
        verdict, said = self._tell(Telling(alert=alert, mark=evidence.mark, aside=True))
        after = replace(shown_anew(development.matter, shown(alert)), noted_at=self.now)
        self.board.put(after)
        self.tellings.append(Telling(alert=replace(alert, matter=after), mark=evidence.mark, edit=True))
        return verdict, f"new terms of the deal; {said}, in the thread only"

    def _edited(self, development: Development, place: Place) -> tuple[Verdict, str]:
        evidence = place.evidence
        if evidence.mark not in self.edits_left or not self.parents(development.matter.key):
            return Verdict.KNOWN, "the authority edited its text; no step"
        alert = self._alert(evidence, AlertReason.EDITED, matter=development.matter, development=development)
        verdict, _ = self._tell(Telling(alert=alert, mark=evidence.mark, aside=True))
        return verdict, "the authority edited its text; noted in the thread"

    # ------------------------------------------------------------------ shared

    def _quietly(self, evidence: Evidence) -> tuple[Verdict, str]:
        verdict = self.quiet_verdict[evidence.mark]
        if verdict is Verdict.BASELINE:
            return verdict, "there when the feed was first read"
        return verdict, "too old when first seen"

    def _told(self, matter: Matter) -> bool:
        return matter.told or bool(self.parents(matter.key))

    def _carried(self, matter: Matter) -> Carriers:
        """Return who carries the current step: as stored, and in this poll."""
        if matter.key not in self.carried:
            self.carried[matter.key] = carriers_of(matter, self.sources(matter.key))
        return self.carried[matter.key]

    def _keep(self, development: Development, place: Place) -> None:
        """Put the matter on the board with its step, if it took one."""
        matter = development.matter
        level = max(matter.level, place.evidence.match.level, key=lambda one: one.rank)
        self.board.fresh.discard(matter.key)
        self.board.put(replace(matter, level=level))
        if development.step is not None:
            key = article_key(place.evidence.article)
            self.steps.append(NewStep(step=development.step, article_key=key))
            if not development.same_stage:
                ever = carriers_of(matter, self.sources(matter.key)).ever
                self.carried[matter.key] = Carriers(ever=ever)
            self.carried[matter.key] = self._carried(matter).with_one(place.evidence.publisher)

    def _tell(self, telling: Telling) -> tuple[Verdict, str]:
        """Tell it, unless a silence hides it."""
        alert = telling.alert
        silence = silenced_by(alert, self._feed_of(telling), self.silences, self.now)
        if silence is None:
            self.tellings.append(telling)
            return Verdict.TOLD, "told"
        self.hidden[silence.id] = self.hidden.get(silence.id, 0) + 1
        return Verdict.SILENCED, f"hidden by silence {silence.id} of {silence.author}"

    def _feed_of(self, telling: Telling) -> str:
        return telling.alert.article.feed

    def _alert(
        self,
        evidence: Evidence,
        reason: AlertReason,
        *,
        matter: Matter | None,
        development: Development | None = None,
        others: tuple[Matter, ...] = (),
    ) -> Alert:
        level = level_of(evidence.match.level, reason=reason, kind=evidence.match.kind, matter=matter)
        return Alert(
            reason=reason,
            level=level,
            article=evidence.article,
            match=evidence.match,
            facts=evidence.facts,
            source=evidence.source,
            tier=evidence.feed.tier,
            seen_at=self.now,
            matter=matter,
            step=development.step if development else None,
            others=others,
            linked=self.board.linked(matter) if matter else (),
            sources=matter.sources if matter else 1,
            before=development.before if development else "",
            lead=development.lead if development else "",
        )
