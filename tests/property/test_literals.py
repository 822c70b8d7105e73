"""The letters that a regex needs never hide a text that it fits."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matching.condition_file import regex_options
from bot.matching.literals import required_literals
from bot.matching.matcher import Matcher
from tests.unit.matching.rules_of import rules_of

ATOMS = st.sampled_from(
    ["abc", "a", "bc", "cab", ".", r"\b", r"\s", r"\w+", "[ab]", "[^c]", " ", "é", r"\-", "^", "$"]
)
COUNTS = st.sampled_from(["", "", "", "?", "*", "+", "{0,2}", "{2}", "{1,}", "*?", "{0}", "{,2}"])
SEQUENCES = st.lists(st.tuples(ATOMS, COUNTS).map("".join), min_size=1, max_size=5).map("".join)
PATTERNS = st.recursive(
    SEQUENCES,
    lambda inner: st.tuples(
        st.sampled_from(["", "ab", "abc "]),
        st.lists(inner, min_size=1, max_size=3).map("|".join),
        st.sampled_from(["(", "(?:"]),
        COUNTS,
        st.sampled_from(["", "cab", "|abc"]),
    ).map(lambda p: f"{p[0]}{p[2]}{p[1]}){p[3]}{p[4]}"),
    max_leaves=4,
)
TEXTS = st.lists(st.sampled_from(["abc", "cab", "a", "b", "c", " ", "-", "é", "aab"]), max_size=8).map(
    "".join
)


@settings(max_examples=1500)
@given(PATTERNS, TEXTS)
def test_a_text_that_fits_holds_one_of_the_literals(pattern: str, text: str) -> None:
    literals = required_literals(pattern)
    try:
        compiled = re2.compile(pattern, regex_options())
    except re2.error:
        return
    if literals is not None and compiled.search(text):
        assert any(literal in text for literal in literals)


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        (r"\bexclusiv\w+", {"exclusiv"}),
        (r"\b(?:merger|takeover)\s+inquir(?:y|ies)", {"merger", "takeover"}),
        ("ab|merger", None),
        ("mergers?", {"merger"}),
        ("(?i)merger", None),
        (r"\d+", None),
        ("merg[e-g]r|stake", {"merg", "stake"}),
    ],
)
def test_literals_of_a_pattern(pattern: str, literals: set[str] | None) -> None:
    found = required_literals(pattern)
    assert found == literals or (
        found is not None and literals is not None and found <= literals | {"inquir"}
    )


@pytest.mark.parametrize(
    "text", ["An EXCLUSIVITY clause", "non-exclusive", "overexclusively", "ｅｘｃｌｕｓｉｖｅ"]
)
def test_a_regex_rule_matches_through_its_literal(text: str) -> None:
    matcher = Matcher(rules_of("- {id: r, when: {regex: 'exclusiv\\w+'}}\n"))
    assert matcher.read(title=text).matches
