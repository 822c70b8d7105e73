"""Recognition is total: any text gives facts, and every span leads back to it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matching.text import Document
from tests.growth import LINEAR, growth
from tests.unit.matching.test_facts import engine, facts

WORDS = st.sampled_from(
    [
        "FTC", "CMA", "Brüssel", "OpenAI", "Microsoft", "Anthropic", "WhatsApp", "antitrust", "probe", "will not", "公取委",
        "공정위", "オープンAI", "出資", "$4bn", "13 milliards", "<p>", "</p>", "&amp;", ".", ",", "\n\n", "déjà", "phase 1", "e",
        "Meta", "AI", "chatbots", "a stake in", "M.11766",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=25).map(" ".join))


@settings(deadline=None, max_examples=150)
@given(TEXTS, TEXTS, TEXTS, st.sampled_from(["", "en", "de", "ja", "xx"]), st.sampled_from([None, "cma"]))
def test_any_text_gives_facts(
    title: str, summary: str, body: str, language: str, authority: str | None
) -> None:
    """No text fails, and spans are of the field that they name."""
    read = facts(title, summary, body, language, authority)
    given_fields = {"title": title, "summary": summary, "body": body}
    spans = [span for mention in read.mentions for span in mention.spans]
    spans += [amount.span for amount in read.amounts if amount.span]
    for span in spans:
        assert given_fields[span.field][span.start : span.end] == span.text
    assert (read.stage is not None) == bool(read.scrutiny)


@pytest.mark.parametrize(
    "piece", ["FTC antitrust OpenAI Microsoft. ", "Microsoft, OpenAI, FTC, probe, ", "公取委マイクロソフト"]
)
def test_many_names_in_one_article_do_not_multiply(piece: str) -> None:
    """Recognition takes time that grows with the text, not with its pairs of names."""
    recogniser, index = engine()

    def read(size: int) -> None:
        document = Document.of(title="x", body=piece * (size // len(piece)))
        recogniser.read(document, index.find(document))

    assert growth(read, 40_000) < LINEAR
