"""`regwatch rules lint`, `test` and `schema`."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from bot.cli.common import database_path, printable, settings_of
from bot.cli.rules_common import folder_of, matcher_of, sources_of
from bot.errors import InvalidFiles, OperationError, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.matching.lint import Finding
    from bot.matching.rule import Rule, RuleSet


def lint(args: argparse.Namespace) -> int:
    """Print the findings; 1 when one is an error, or with --strict any."""
    from bot.matching.lint import LintContext, Severity
    from bot.matching.lint import lint as findings_of
    from bot.rulebook import FEEDS_FILE, strange_authorities

    folder = folder_of(args)
    matcher = matcher_of(folder)
    sources = sources_of(folder)
    named = ((feed, authority) for feed, (authority, _) in sources.items())
    if problems := strange_authorities(folder / FEEDS_FILE, named, matcher.rules.lexicon.regulators):
        raise InvalidFiles(problems)
    feeds = tuple(sources) or None
    findings = findings_of(LintContext(matcher=matcher, feeds=feeds, last_hits=_last_hits(args)))
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    if args.format == "json":
        print(json.dumps([_record(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            hint = f" {finding.hint}" if finding.hint else ""
            line = f"{finding.at}: {finding.severity.value} [{finding.code}] {finding.message}.{hint}"
            print(printable(line))
        count = len(matcher.rules.rules)
        print(f"{count} rules: {errors} errors, {len(findings) - errors} warnings")
    return 1 if errors or (args.strict and findings) else 0


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
    """Return when each rule last hit; None without a history that holds any hit."""
    from storage.errors import StorageError
    from storage.reader import open_reader

    path = database_path(settings_of(args))
    if not path.exists():
        return None
    try:
        with open_reader(path) as reader:
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
