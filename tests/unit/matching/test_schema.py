"""The checked-in schema is the one that the language generates."""

from __future__ import annotations

from bot.matching.rule_schema import schema_text
from tests.unit.matching.rules_of import RULES, lexicon


def test_the_schema_is_current() -> None:
    """`regwatch rules schema --write` refreshes it."""
    assert (RULES / "schema" / "rules.schema.json").read_text(encoding="utf-8") == schema_text(lexicon())
