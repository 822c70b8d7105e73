"""`regwatch rules lint`, `test` and `schema`."""

from __future__ import annotations

import argparse
import json
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.cli.common import database_path, printable, settings_of
from bot.cli.rules_common import folder_of, matcher_of
from bot.errors import InvalidFiles, OperationError, Place, Problem, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from bot.matching.lint import Finding
    from bot.matching.rule import Rule, RuleSet

WATCHED = timedelta(days=30)  # of history; before that, that a rule never hit says nothing


def lint(args: argparse.Namespace) -> int:
    """Print the findings; 1 when one is an error, or with --strict any. Raises InvalidFiles, at the end.

    Files that cannot be used keep nothing back: the rules that can be read are looked at all the same.
    """
    from bot.matching.folder import never_read
    from bot.matching.lint import LintContext, Severity, lint_files
    from bot.matching.lint import lint as findings_of
    from bot.matching.matcher import Matcher
    from bot.matching.rule_file import survey

    folder = folder_of(args)
    found = survey(folder)
    feeds, problems = _feeds(folder, found.rules)
    problems = [*found.problems, *problems]
    findings = lint_files(found.empty, [Place(str(path)) for path in never_read(folder)])
    if found.rules is not None:
        context = LintContext(matcher=Matcher(found.rules), feeds=feeds, last_hits=_last_hits(args))
        findings = sorted([*findings, *findings_of(context)])
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    if args.format == "json":
        records = [*map(_fault, sorted(set(problems))), *map(_record, findings)]
        print(json.dumps(records, ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            hint = f" {finding.hint}" if finding.hint else ""
            line = f"{finding.at}: {finding.severity.value} [{finding.code}] {finding.message}.{hint}"
            print(printable(line))
        count = len(found.rules.rules) if found.rules is not None else 0
        refused = "; and what keeps the files from being used:" if problems else ""
        print(f"{count} rules: {errors} errors, {len(findings) - errors} warnings{refused}", flush=True)
    if problems:
        raise InvalidFiles(problems)
    return 1 if errors or (args.strict and findings) else 0


def _feeds(folder: Path, rules: RuleSet | None) -> tuple[tuple[str, ...] | None, list[Problem]]:
    """Return the ids of the feeds, None where nobody knows them, and what is wrong with feeds.yaml."""
    from bot.feeds.catalog import load_catalog
    from bot.rulebook import FEEDS_FILE, strange_authorities

    file = folder / FEEDS_FILE
    if not file.is_file():
        return None, []
    try:
        feeds = load_catalog(file)
    except InvalidFiles as error:
        return None, list(error.problems)
    known = rules.lexicon.regulators if rules is not None else None
    named = ((feed.id, feed.authority) for feed in feeds)
    strange = strange_authorities(file, named, known) if known is not None else []
    return tuple(feed.id for feed in feeds) or None, strange


def _fault(problem: Problem) -> dict[str, object]:
    wanted = f"; expected {problem.expected}" if problem.expected else ""
    return {
        "file": problem.at.file,
        "line": problem.at.line,
        "column": problem.at.column,
        "severity": "error",
        "code": "invalid",
        "rule": "",
        "message": f"{problem.found}{wanted}",
        "hint": problem.hint,
    }


def _record(finding: Finding) -> dict[str, object]:
    return {
        "file": finding.at.file,
        "line": finding.at.line,
        "column": finding.at.column,
        "severity": finding.severity.value,
        "code": finding.code,
        "rule": finding.rule,
        "message": finding.message,
        "hint": finding.hint,
    }


def _last_hits(args: argparse.Namespace) -> Mapping[str, datetime] | None:
    """Return when each rule last hit; None without a history that holds any hit and is long enough to say something."""
    from bot.clock import SystemClock
    from storage.errors import StorageError
    from storage.reader import open_reader

    path = database_path(settings_of(args))
    if not path.exists():
        return None
    try:
        with open_reader(path) as reader:
            begun = [state.baseline_at for state in reader.feed_states().values() if state.baseline_at]
            if not begun or SystemClock().now() - min(begun) < WATCHED:
                return None
            found = {rule: last for rule, (_, last) in reader.rule_counts().items()}
    except StorageError:
        # Lint is about files: a database that cannot be read is `regwatch doctor`'s news.
        return None
    return found or None


def chosen(rules: RuleSet, ids: Sequence[str]) -> list[Rule]:
    """Return the rules of these ids, or all. Raises UsageError for an unknown one."""
    for key in ids:
        if rules.rule(key) is None:
            hint = did_you_mean(key, [rule.id for rule in rules.rules])
            raise UsageError(f'no rule "{key}"; {hint or "`regwatch rules stats` lists them"}')
    return [rule for rule in rules.rules if not ids or rule.id in ids]


def test(args: argparse.Namespace) -> int:
    """Run the examples; 1 when one does not hold."""
    from bot.matching.examples import run_examples

    matcher = matcher_of(folder_of(args))
    ran = failed = 0
    for rule in chosen(matcher.rules, args.ids):
        for result in run_examples(matcher, rule):
            ran += 1
            failed += bool(result.faults)
            title = result.example.title or result.example.summary or result.example.body
            if result.faults:
                print(printable(f'{result.example.at}: {rule.id}: "{title}" {"; ".join(result.faults)}'))
            elif args.verbose:
                print(printable(f'ok  {rule.id}: {"match" if result.wanted else "no match"}: "{title}"'))
    print(f"{ran} examples: {ran - failed} hold, {failed} fail")
    return 1 if failed else 0


def schema(args: argparse.Namespace) -> int:
    """Print the schema of rule files, or write those of rules, lexicon and feeds beside the rules."""
    from bot.feeds.catalog import catalog_schema
    from bot.matching import lexicon_schema
    from bot.matching.lexicon_file import load_lexicon
    from bot.matching.rule_schema import schema_text

    folder = folder_of(args)
    text = schema_text(load_lexicon(folder / "lexicon"))
    if not args.write:
        print(text, end="")
        return 0
    feeds = json.dumps(catalog_schema(), indent=2) + "\n"
    for stem, content in (("rules", text), ("lexicon", lexicon_schema.schema_text()), ("feeds", feeds)):
        target = folder / "schema" / f"{stem}.schema.json"
        try:
            target.parent.mkdir(exist_ok=True)
            target.write_text(content, encoding="utf-8")
        except OSError as error:
            raise OperationError(f"{target} cannot be written: {error.strerror}") from error
        print(printable(f"wrote {target}"))
    return 0
