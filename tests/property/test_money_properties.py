"""Whatever the text, sums are read without a crash, in place, and the same with or without surroundings."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matching.cases import find_cases
from bot.matching.dates import find_deadlines
from bot.matching.money import LONGEST, find_amounts

WORDS = (
    "$ € £ 1 13 4,000 1.5 1'000 billion bn milliards Mrd. Mio. mil millones de d' dollars euros 億 ドル 兆 円 조 원 and to - "
    "up of which 15 half a one ( ) % . , US A R kr mkr valuation fine 十 万 亿 美元 two et demi by 4 May 2026 until M. 11766"
)
PIECES = st.lists(
    st.sampled_from(WORDS.split()),
    max_size=40,
)


@given(PIECES, st.sampled_from(["", " "]), st.sampled_from(["", "en", "fr", "de", "es", "zh"]))
@settings(deadline=None, max_examples=300)
def test_any_heap_of_money_words_is_read_in_place(pieces: list[str], glue: str, language: str) -> None:
    """Every sum is positive, has a currency, and its span shows its text."""
    text = glue.join(pieces)
    for amount in find_amounts(text, field="body", language=language):
        assert amount.value > 0
        assert len(amount.currency) == 3
        assert amount.span is not None
        assert text[amount.span.start : amount.span.end] == amount.span.text


@given(st.text(max_size=300))
@settings(deadline=None, max_examples=200)
def test_any_text_at_all_is_survived(text: str) -> None:
    """No text makes the readers of money, dates and cases fail; what they find stands in it."""
    found = [amount.span for amount in find_amounts(text, field="body")]
    found += [deadline.span for deadline in find_deadlines(text, field="body", published=None)]
    assert all(span is None or text[span.start : span.end] == span.text for span in found)
    assert all(0 <= start < end <= len(text) for _, (start, end) in find_cases(text))


@given(
    st.integers(min_value=1, max_value=999),
    st.sampled_from(["bn", " billion", "B", " bln", " Mrd.", " miliardi"]),
)
@settings(deadline=None, max_examples=100)
def test_a_billion_is_a_billion_however_it_is_written(number: int, scale: str) -> None:
    """English billion, German Mrd. and Italian miliardi are 10^9."""
    assert [a.value for a in find_amounts(f"paid ${number}{scale} now", field="body")] == [number * 10**9]


@given(
    st.sampled_from(
        [
            "$1,",
            "$",
            "billion ",
            "1 billion dollars and ",
            "一",
            "10 billion, of which 15 ",
            "five five-",
            "1-",
            "1 ",
        ]
    )
)
@settings(deadline=None, max_examples=9)
def test_a_megabyte_of_money_is_read_in_linear_time(piece: str) -> None:
    """Only the first characters of a monstrous text are read, so a megabyte costs no more than an article."""
    text = piece * (1_000_000 // len(piece))
    assert find_amounts(text, field="body") == find_amounts(text[:LONGEST], field="body")
