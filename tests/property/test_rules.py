"""No text makes rules crash, and conditions obey the algebra of all, any and not."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import InvalidFiles
from bot.matching import condition as c
from bot.matching.condition_file import KEYS
from bot.matching.evidence import EVERYWHERE
from bot.matching.matcher import Given, Matcher
from bot.matching.rule_file import RULE_KEYS
from tests.unit.matching.rules_of import rules_of

WORDS = ("ab", "cd", "ef", "gh")
MATCHER = Matcher(rules_of("- {id: r, when: {text: [" + ", ".join(WORDS) + "]}}\n"))
LEAVES = st.sampled_from([c.Text(phrases=(word,)) for word in WORDS])
CONDITIONS: st.SearchStrategy[c.Condition] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda items: c.All(items=tuple(items))),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: c.Any(items=tuple(items))),
        inner.map(lambda item: c.Not(item=item)),
    ),
    max_leaves=8,
)
TITLES = st.lists(st.sampled_from((*WORDS, "xy", ".")), max_size=8).map(" ".join)


def holds(node: c.Condition, title: str) -> bool:
    return MATCHER.prover.test(node).prove(MATCHER.evidence(Given(title=title)), EVERYWHERE) is not None


@settings(deadline=None, max_examples=150)
@given(st.lists(CONDITIONS, min_size=1, max_size=3), TITLES)
def test_de_morgan(items: list[c.Condition], title: str) -> None:
    """Not all is any not; not any is all not."""
    nots = tuple(c.Not(item=item) for item in items)
    assert holds(c.Not(item=c.All(items=tuple(items))), title) == holds(c.Any(items=nots), title)
    assert holds(c.Not(item=c.Any(items=tuple(items))), title) == holds(c.All(items=nots), title)


@settings(deadline=None, max_examples=150)
@given(st.lists(CONDITIONS, min_size=1, max_size=4), TITLES, st.integers(1, 4))
def test_at_least_counts(items: list[c.Condition], title: str, of: int) -> None:
    count = sum(holds(item, title) for item in items)
    assert holds(c.AtLeast(of=of, items=tuple(items)), title) == (count >= of)


@settings(deadline=None, max_examples=150)
@given(CONDITIONS, TITLES)
def test_a_condition_that_holds_has_a_needed_key(node: c.Condition, title: str) -> None:
    """The candidate index never hides a match."""
    test = MATCHER.prover.test(node)
    evidence = MATCHER.evidence(Given(title=title))
    if test.prove(evidence, EVERYWHERE) is not None and test.needs is not None:
        assert test.needs & evidence.keys


SCRAPS = st.sampled_from(
    [
        *KEYS,
        *RULE_KEYS,
        ": ",
        "- ",
        "\n",
        "\n  ",
        "[",
        "]",
        "{",
        "}",
        "any",
        "1bn",
        "'",
        "&a",
        "*a",
        "cma",
        "\t",
    ]
)


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.text(max_size=80), st.lists(SCRAPS, max_size=25).map("".join)))
def test_any_text_loads_or_is_refused(text: str) -> None:
    """Nothing but InvalidFiles comes out of a rule file."""
    with suppress(InvalidFiles):
        rules_of("- id: r\n  when: " + text)


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_article_is_read_and_its_spans_are_exact(title: str, body: str) -> None:
    reading = MATCHER.read(title=title + " ab ", body=body + " cd")
    for match in reading.matches:
        for span in match.spans:
            given_text = title + " ab " if span.field == "title" else body + " cd"
            assert given_text[span.start : span.end] == span.text
