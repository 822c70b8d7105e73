"""`regwatch rules explain`: why an article matches, or which clause failed first."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from bot.cli.common import printable
from bot.cli.rules_check import chosen
from bot.cli.rules_common import folder_of, history_of, matcher_of, sources_of
from bot.errors import OperationError, UsageError, did_you_mean

if TYPE_CHECKING:
    from bot.cli.rules_common import Sources
    from bot.matching.explain import Explained
    from bot.matching.matcher import Given


def explain(args: argparse.Namespace) -> int:
    """Explain every rule on one article; 0 when a live rule matches, 1 when none does."""
    from bot.matching.condition import brief
    from bot.matching.explain import explain as explained
    from storage.words import RuleStatus

    folder = folder_of(args)
    matcher = matcher_of(folder)
    rules = chosen(matcher.rules, args.rule or ())
    given = _given(args, sources_of(folder))
    evidence = matcher.evidence(given)
    found = [explained(matcher, rule, evidence) for rule in rules]
    # Matches first, then what came closest.
    found.sort(key=lambda one: (one.match is None, -(one.held / one.of if one.of else 0)))
    if args.format == "json":
        print(json.dumps([_record(one) for one in found], ensure_ascii=True, indent=2))
    else:
        facts = evidence.facts
        print(printable(f"{given.title or given.body[:100]}"))
        print(f"  regulators {', '.join(facts.regulators) or '-'}; companies {', '.join(facts.companies) or '-'}; "
              f"stage {facts.stage.value if facts.stage else '-'}")  # fmt: skip
        for one in found:
            _print(one, given, brief(one.failed) if one.failed else "")
    live = any(one.match and one.match.status is RuleStatus.LIVE for one in found)
    return 0 if live else 1


def _given(args: argparse.Namespace, sources: Sources) -> Given:
    from bot.matching.matcher import Given
    from storage.words import Tier

    if args.title or args.text:
        if args.feed and args.feed not in sources:
            guess = did_you_mean(args.feed, sorted(sources)) or "see `regwatch feeds list`"
            raise UsageError(f"--feed {args.feed}: there is no such feed; {guess}")
        authority, tier = sources.get(args.feed, (None, Tier.PRESS))
        return Given(
            title=args.title,
            body=args.text,
            language=args.language,
            feed=args.feed,
            authority=authority if tier is Tier.OFFICIAL else None,
            tier=tier,
        )
    if not args.article:
        raise UsageError("which article? Give a URL or an id, or --title and --text")
    with history_of(args) as reader:
        name = args.article.removeprefix("#")
        if name.isdecimal() and len(name) < 18:
            one = reader.article(int(name))
        else:
            from bot.feeds.links import canonical_link

            articles = reader.find_link(args.article, canonical_link(args.article))
            one = articles[-1] if articles else None
    if one is None:
        raise OperationError(
            f"no stored article {args.article}. `regwatch why URL` says whether a feed carried it."
        )
    return Given.of_article(one.article, sources)


def _record(one: Explained) -> dict[str, object]:
    from bot.matching.condition import brief

    match = one.match
    return {
        "rule": one.rule.id,
        "status": one.rule.status.value,
        "matches": match is not None,
        "level": match.level.value if match else None,
        "spans": [{"field": s.field, "start": s.start, "end": s.end, "text": s.text} for s in match.spans]
        if match
        else [],
        "sentence": match.sentence if match else one.around,
        "failed": brief(one.failed) if one.failed else None,
        "at": str(one.failed.at) if one.failed else None,
        "why": one.why,
        "held": one.held,
        "of": one.of,
    }


def _print(one: Explained, given: Given, failed: str) -> None:
    from bot.matching.explain import context

    status = "" if one.rule.status.value == "live" else f" ({one.rule.status.value})"
    if one.match is not None:
        print(printable(f"\nMATCH  {one.rule.id}{status}: {one.match.kind.value}, {one.match.level.value}"))
        for span in one.match.spans[:8]:
            before, words, after = context(span, getattr(given, span.field))
            print(printable(f"    {span.field}: … {before} [{words}] {after} …"))
        return
    print(
        printable(
            f"\nno     {one.rule.id}{status}: {one.held} of {one.of} clauses hold; the first that fails:"
        )
    )
    print(printable(f"    {failed}"))
    print(printable(f"    {one.why} ({one.failed.at if one.failed else ''})"))
    if one.around:
        print(printable(f"    around: {one.around}"))
