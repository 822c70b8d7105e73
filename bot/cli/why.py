"""`regwatch why URL`: one link's whole trace, with a reason code at the end."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.common import (
    add_config_option,
    add_format_option,
    database_path,
    epilog,
    iso,
    printable,
    rules_directory,
    settings_of,
)
from bot.cli.drawing import Paint, moment_of
from bot.errors import InvalidFiles, OperationError, UsageError

if TYPE_CHECKING:
    from bot.feeds.feed import Feed
    from bot.history.why import ArticleTrace, Neighbour, RuleSaid, Trace
    from storage.reader import Reader
    from storage.records import Facts, StoredArticle

_MOST_RULES = 12
_DESCRIPTION = """Say why we did, or did not, hear of a link. The last line is the reason:

  sent           posted; the permalink is shown      pending      in the outbox, not sent yet
  held           waits for quiet hours to end         failed       refused for good; can be sent again
  grouped        one more source for a told step      not-routed   no destination was set for it
  silenced       by whom, until when and why          duplicate    the same link came through another feed before
  known          an edit that says nothing new        late         too old when first seen
  baseline       there at the feed's first poll       shadow       its rule is recorded only
  no-match       for each rule the first clause that failed, with the text around
  in-gap         not carried; a feed of that host had a gap at that time
  never-carried  no feed brought it; says whether a feed of that host is watched, and when it was blind

Links are compared without tracking words, www., amp and the like. Exit code 0, whatever the reason.
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "why",
        help="trace one link: seen or not, matched or not, told or not",
        description=_DESCRIPTION,
        allow_abbrev=False,
        epilog=epilog(
            "regwatch why https://example.org/2026/03/02/cma-looks-at-ai",
            "regwatch why https://example.org/news --at 2026-03-02      when it was published",
            "regwatch why https://example.org/news | tail -1            the reason alone",
        ),
    )
    parser.add_argument("url", metavar="URL", help="address of the article, tracking words and all")
    parser.add_argument(
        "--at",
        metavar="DATE",
        help="when it was published (default: the date in the link, else the last 30 days)",
    )
    parser.add_argument(
        "--rules-too", action="store_true", help="explain every rule, also where the link had hits"
    )
    add_format_option(parser, formats=("table", "json"))
    add_config_option(parser)
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Print the trace of a link."""
    from bot.clock import SystemClock
    from storage.reader import open_reader

    now = SystemClock().now()
    url, link = _address(args.url)
    settings = settings_of(args)
    with open_reader(database_path(settings)) as reader:
        trace = _trace(reader, args, url, link, rules=rules_directory(settings), now=now)
    if args.format == "json":
        json.dump(_record(trace), sys.stdout, ensure_ascii=False, indent=2)
        print()
    else:
        for line in _lines(trace, Paint(sys.stdout)):
            print(line)
    return 0


def _address(text: str) -> tuple[str, str]:
    from bot.feeds.links import canonical_link

    url = text.strip().strip("<>")
    link = canonical_link(url) or canonical_link(f"https://{url}")
    if not link or "." not in link.split("/")[2]:
        raise UsageError(f"{printable(text)}: not a web address; write https://…")
    return url, link


def _trace(
    reader: Reader, args: argparse.Namespace, url: str, link: str, *, rules: Path, now: datetime
) -> Trace:
    from bot.history.why import article_trace, date_in, fate_of, trace_of, window_of

    silences = reader.silences()
    articles = []
    for stored in reader.find_link(link, url) or reader.find_key(f"link:{link}"):
        fates = [
            fate_of(hit, reader.deliveries_of_hit(hit), silences, now)
            for hit in reader.hits_of_article(stored.id)
        ]
        said, facts = _explained(stored, rules) if args.rules_too or not fates else ((), None)
        articles.append(article_trace(stored, fates, said, facts))
    if articles:
        return trace_of(url, link, articles)
    at = moment_of(args.at, now, "--at") if args.at else date_in(link)
    since, until = window_of(at, now)
    neighbours = _neighbours(reader, link, rules, since, until)
    return trace_of(
        url, link, (), neighbours=neighbours, since=since, until=until, dated=at is not None and at < now
    )


def _explained(stored: StoredArticle, folder: Path) -> tuple[tuple[RuleSaid, ...], Facts | None]:
    """Return what each of today's rules says of an article, the nearest first, and what is recognised in it."""
    from bot.cli.rules_common import matcher_of, sources_of
    from bot.history.why import RuleSaid
    from bot.matching.condition import brief
    from bot.matching.explain import explain
    from bot.matching.matcher import Given
    from storage.words import RuleStatus

    try:
        matcher = matcher_of(folder)
        evidence = matcher.evidence(Given.of_article(stored.article, sources_of(folder)))
    except (InvalidFiles, OperationError) as error:
        first = printable(str(error).splitlines()[0])
        print(f"regwatch: the rules cannot be explained (`regwatch rules lint`): {first}", file=sys.stderr)
        return (), None
    said = []
    for rule in matcher.rules.rules:
        if rule.status in (RuleStatus.DRAFT, RuleStatus.RETIRED):
            continue
        one = explain(matcher, rule, evidence)
        said.append(
            RuleSaid(
                rule=rule.id,
                status=rule.status.value,
                matches=one.match is not None,
                clause=brief(one.failed) if one.failed else "",
                at=str(one.failed.at) if one.failed else "",
                why=one.why,
                around=one.around,
                held=one.held,
                of=one.of,
            )
        )
    said.sort(key=lambda s: (not s.matches, -(s.held / s.of if s.of else 0), s.rule))
    return tuple(said), evidence.facts


def _neighbours(
    reader: Reader, link: str, rules: Path, since: datetime, until: datetime
) -> tuple[Neighbour, ...]:
    """Return the feeds of the link's site, or that link to it, and when each was blind within the time in question."""
    from bot.feeds.catalog import load_catalog
    from bot.feeds.links import host_of
    from bot.history.coverage import coverage_of
    from bot.history.why import Neighbour, same_site, site_of

    feeds: Sequence[Feed] = ()
    try:
        feeds = load_catalog(rules / "feeds.yaml")
    except InvalidFiles as error:
        print(f"regwatch: feeds.yaml is refused: {printable(str(error.problems[0]))}", file=sys.stderr)
    host, states = host_of(link), reader.feed_states()
    linking = reader.feeds_linking_to(site_of(host)) if host else frozenset()
    found = []
    for feed in feeds:
        if feed.id not in linking and not same_site(host, host_of(feed.url)):
            continue
        state = states.get(feed.id)
        began = {feed.id: state.baseline_at} if state and state.baseline_at else {}
        seen = coverage_of(
            reader.coverage(since, until, feed.id), since=since, until=until, watched=[feed.id], began=began
        )
        dark = tuple(s for one in seen.feeds for s in one.stretches if s.state != "seen")
        polled = state is not None and state.checked_at is not None
        found.append(Neighbour(feed=feed.id, enabled=feed.enabled, polled=polled, dark=dark))
    return tuple(found)


# ---------------------------------------------------------------------------- as lines


def _lines(trace: Trace, paint: Paint) -> Iterator[str]:
    yield printable(trace.url)
    if trace.link != trace.url:
        yield f"  compared as {printable(trace.link)}"
    for article in trace.articles:
        yield ""
        yield from _article(article, paint)
    if not trace.articles:
        yield ""
        yield from _missing(trace)
    yield ""
    yield printable(trace.because)
    yield f"reason: {paint(trace.reason.value, '1')}"


def _article(trace: ArticleTrace, paint: Paint) -> Iterator[str]:
    stored, article = trace.stored, trace.stored.article
    edits = f", {stored.revision} edits" if stored.revision else ""
    yield f"{paint(article.title or article.url, '1')}"
    yield f"  article {stored.id} of feed {printable(article.feed)}{edits}"
    yield f"  published {iso(article.published_at) or 'not said'}, first seen {iso(stored.first_seen_at)}"
    for fate in trace.fates:
        hit = fate.hit
        yield f"  hit {hit.id}: rule {printable(hit.rule)} ({hit.status.value}), {hit.level.value}, matter {printable(hit.matter or 'none')}"
        yield f"    {fate.reason.value}: {printable(fate.because)}"
        if hit.why:
            yield f"    {printable(hit.why)}"
        for one in fate.deliveries:
            tail = one.permalink or one.error
            yield f"    delivery {one.id} to {printable(one.destination)}: {one.state.value}" + (
                f", {printable(tail)}" if tail else ""
            )
    if trace.recognised is not None:
        yield f"  recognised today: {_facts(trace.recognised)}"
    yield from _rules(trace.rules, article.title)


def _facts(facts: Facts) -> str:
    parts = [
        ("regulators", ", ".join(facts.regulators)),
        ("companies", ", ".join(facts.companies)),
        ("stage", facts.stage.value if facts.stage else ""),
        ("subjects", ", ".join(facts.subjects)),
    ]
    return printable("; ".join(f"{name} {value or 'none'}" for name, value in parts))


def _rules(rules: Sequence[RuleSaid], title: str) -> Iterator[str]:
    for said in rules[:_MOST_RULES]:
        status = "" if said.status == "live" else f" ({said.status})"
        if said.matches:
            yield f"  rule {printable(said.rule)}{status} would match today"
            continue
        yield f"  rule {printable(said.rule)}{status}: {said.held} of {said.of} clauses hold; the first that fails:"
        yield f"    {printable(said.clause)}"
        yield f"    {printable(said.why)}" + (f" ({printable(said.at)})" if said.at else "")
        if said.around and said.around != title:
            yield f"    around: {printable(said.around)}"
    if len(rules) > _MOST_RULES:
        yield f"  … and {len(rules) - _MOST_RULES} more rules, further off (--format json has all)"


def _missing(trace: Trace) -> Iterator[str]:
    yield f"not stored. Time in question: {iso(trace.since)} to {iso(trace.until)}"
    for near in trace.neighbours:
        state = "" if near.enabled else " (disabled)"
        state += "" if near.polled else " (never polled)"
        yield f"  feed {printable(near.feed)} of its host{state}" + (
            "" if near.dark else ": watched throughout"
        )
        for one in near.dark:
            yield f"    {one.state} {iso(one.since)} to {iso(one.until)}: {printable(one.reason) or one.state}"
    yield '  An aggregator may have carried the story under an address of its own: regwatch hits "words of its title"'


# ---------------------------------------------------------------------------- as JSON


def _record(trace: Trace) -> dict[str, object]:
    """Return what `--format json` writes (schema 1)."""
    return {
        "url": trace.url,
        "link": trace.link,
        "articles": [_article_record(one) for one in trace.articles],
        "since": iso(trace.since),
        "until": iso(trace.until),
        "feeds_of_host": [
            {
                "feed": near.feed,
                "enabled": near.enabled,
                "polled": near.polled,
                "dark": [
                    {"state": s.state, "reason": s.reason, "since": iso(s.since), "until": iso(s.until)}
                    for s in near.dark
                ],
            }
            for near in trace.neighbours
        ],
        "because": trace.because,
        "reason": trace.reason.value,
    }


def _article_record(trace: ArticleTrace) -> dict[str, object]:
    article = trace.stored.article
    return {
        "id": trace.stored.id,
        "feed": article.feed,
        "title": article.title,
        "url": article.url,
        "published_at": iso(article.published_at),
        "first_seen_at": iso(trace.stored.first_seen_at),
        "revision": trace.stored.revision,
        "hits": [
            {
                "hit": fate.hit.id,
                "rule": fate.hit.rule,
                "matter": fate.hit.matter,
                "verdict": fate.hit.verdict,
                "why": fate.hit.why,
                "reason": fate.reason.value,
                "because": fate.because,
                "permalink": fate.permalink or None,
                "silence": fate.silence.id if fate.silence else None,
                "deliveries": [
                    {
                        "id": d.id,
                        "destination": d.destination,
                        "state": d.state.value,
                        "permalink": d.permalink,
                        "error": d.error,
                    }
                    for d in fate.deliveries
                ],
            }
            for fate in trace.fates
        ],
        "rules": [
            {
                "rule": said.rule,
                "status": said.status,
                "matches": said.matches,
                "clause": said.clause,
                "at": said.at,
                "why": said.why,
                "around": said.around,
                "held": said.held,
                "of": said.of,
            }
            for said in trace.rules
        ],
        "recognised": {
            "regulators": list(trace.recognised.regulators),
            "companies": list(trace.recognised.companies),
            "stage": trace.recognised.stage.value if trace.recognised.stage else None,
            "subjects": list(trace.recognised.subjects),
        }
        if trace.recognised
        else None,
        "because": trace.because,
        "reason": trace.reason.value,
    }
