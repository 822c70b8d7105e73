"""Search promises: whatever is typed is a query, and the index finds exactly what reading the texts finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.fold import folded, folded_with_map, words_of
from storage.hit_filter import HitFilter
from storage.reader import Reader
from storage.search_query import parse
from tests.unit.storage.make import a_reader, a_store, hit, new, poll, save

TEXTS = (
    ("CMA merger inquiry", "Microsoft and OpenAI", "The enquête goes on; a b c."),
    ("公正取引委員会が調査", "OpenAI と Microsoft", ""),
    ("Amazon Anthropic", "merger", "inquiry into the merger of a and b"),
    ("공정위 조사", "", "open ai c b a"),
    ("", "inquiry", "merger inquiry merger"),
)
_WORDS = st.sampled_from(
    ["cma", "merger", "inquiry", "openai", "OPENAI", "a", "b", "c", "enquete", "取引", "調査", "공정", "OR", "AND", "NOT",
     "NEAR", "inq*", "*", "-", '"', "(", ")", "title:", "body:", "summary:", "-b", "title:a", '"a b"', '-"b c"', "'", ":",
     "{", "^", "+", "\\", "\0", "--", ";"]
)  # fmt: skip
_QUERIES = st.one_of(
    st.lists(_WORDS, max_size=8).map(" ".join),
    st.lists(_WORDS, max_size=8).map("".join),
    st.text(max_size=60),
)


@pytest.fixture(name="reader", scope="module")
def _reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder: Path = tmp_path_factory.mktemp("search")
    with a_store(folder) as store:
        save(
            store,
            poll(*(new(f"a{n}", hit(), title=t, summary=s, body=b) for n, (t, s, b) in enumerate(TEXTS, 1))),
        )
        store.index_pending(3)
        with a_reader(store) as reader:
            yield reader


@settings(deadline=None, max_examples=2000)
@given(_QUERIES)
def test_the_index_finds_what_reading_finds_and_nothing_is_an_error(reader: Reader, typed: str) -> None:
    """Hits come from an index, articles from another that lags by two texts: both agree with plain reading."""
    query = parse(typed)
    expected = {n for n, words in enumerate(TEXTS, 1) if query.fits(*words)}
    assert {h.article_id for h in reader.hits(HitFilter(query=query)).hits} == expected
    assert {a.id for a in reader.articles(query)} == expected


@pytest.mark.parametrize(
    "typed",
    [
        "x " * 5000,
        '"' * 5000,
        "a OR " * 3000,
        "(" * 3000,
        '"' + "a " * 5000,
        "取" * 20_000,
        "-a " * 3000,
        "title:" * 3000,
    ],
    ids=["words", "quotes", "ors", "brackets", "phrase", "cjk", "minus", "fields"],
)
def test_a_huge_query_is_answered(reader: Reader, typed: str) -> None:
    assert reader.hits(HitFilter(query=parse(typed))).total >= 0


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=80))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=40))
def test_any_text_is_found_by_itself(text: str) -> None:
    words = words_of(text)
    query = parse('"' + text.replace('"', " ") + '"')
    assert query.fits(text, "", "") == bool(words)


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=40))
def test_the_place_of_a_word_lies_within_the_text_and_in_order(text: str) -> None:
    words, places = folded_with_map(text)
    assert len(words) == len(places)
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert [start for start, _ in places] == sorted(start for start, _ in places)
