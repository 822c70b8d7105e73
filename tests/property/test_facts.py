"""Recognition is total: any text gives facts, and every span leads back to it."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matching.text import Document
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


def test_a_megabyte_of_names_takes_under_two_seconds() -> None:
    """Many names in one article do not multiply."""
    recogniser, index = engine()
    for text in (
        "FTC antitrust OpenAI Microsoft. ",
        "Microsoft, OpenAI, FTC, probe, ",
        "公取委マイクロソフト",
    ):
        before = time.process_time()
        document = Document.of(title="x", body=(text * 100_000)[:1_000_000])
        recogniser.read(document, index.find(document))
        assert time.process_time() - before < 2
