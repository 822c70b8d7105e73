"""What a change of rules does: hits gained, lost and re-levelled over given articles. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.matching.matcher import Given, Matcher
from storage.records import Match
from storage.words import RuleStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One hit that is not the same under both sets. `what` is gained, lost, or re-levelled."""

    what: str
    rule: str
    article: str  # id or address
    title: str
    before: Match | None
    after: Match | None

    @property
    def costs(self) -> bool:
        """Whether a live hit is lost."""
        return self.what == "lost" and self.before is not None and self.before.status is RuleStatus.LIVE


def changes(before: Matcher, after: Matcher, articles: Iterable[tuple[str, Given]]) -> Iterator[Change]:
    """Yield every hit that differs between two sets; a hit that is no longer live counts as lost."""
    for name, given in articles:
        old = {match.rule: match for match in before.read_given(given).matches}
        new = {match.rule: match for match in after.read_given(given).matches}
        for rule in sorted(old.keys() | new.keys()):
            what = _what(old.get(rule), new.get(rule))
            if what:
                yield Change(
                    what=what,
                    rule=rule,
                    article=name,
                    title=given.title,
                    before=old.get(rule),
                    after=new.get(rule),
                )


def _what(before: Match | None, after: Match | None) -> str:
    live_before = before is not None and before.status is RuleStatus.LIVE
    live_after = after is not None and after.status is RuleStatus.LIVE
    if before is None or (live_after and not live_before):
        return "gained"
    if after is None or (live_before and not live_after):
        return "lost"
    if before.level is not after.level or before.kind is not after.kind:
        return "re-levelled"
    return ""
