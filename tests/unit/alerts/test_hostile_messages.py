"""Hostile texts through the strict fake's own checks: nothing that Slack refuses, nothing that a reader is fooled by."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts.message import alert_message, ops_message, parent_message, reduced, roll_up_messages
from bot.strict_yaml import load
from bot.yaml_tree import Fields, Items, Node, Scalar
from storage.records import Message
from tests.fake_slack import SCOPES
from tests.fake_slack_checks import check_message
from tests.test_architecture import ROOT
from tests.unit.alerts.making import alert

TEXTS = {
    "mentions": "<!channel> <!here> <@U0BOSS> <#C1> <!subteam^S1>",
    "date": "<!date^1392734382^{date}|now>",
    "link": "<https://evil.example|https://www.ftc.gov>",
    "entities": "&lt;!channel&gt; &#60;b&#62; &amp;amp;",
    "marks": "*a* _b_ ~c~ `d` ```e``` > f",
    "controls": "\x00\x07\x1b[2J\x9b\r\n\t\x7f",
    "bidi": "\u202e\u2066abc\u2069\u200f\u200b\u2060\ufeff",
    "zalgo": "Z\u0351\u036b\u0343" * 200,
    "emoji": "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿🇪🇺" * 300,
    "astral": "𝕬𝖓𝖙𝖎𝖙𝖗𝖚𝖘𝖙" * 400,
    "ampersands": "&" * 50_000,
    "one word": "x" * 50_000,
    "blank": " \u00a0\u2003\n",
    "surrogates": "\ud800\udfff",
    "arabic": "مؤسسة المنافسة " * 300,
    "chinese": "反垄断调查" * 500,
}
URLS = [
    "https://e.org/a|b>c<d e",
    "javascript:alert(1)",
    "",
    "https://e.org/" + "&" * 1_990,
    "https://ü.example/ä?x=<y>",
    "https://e.org/\u202e\x00\n",
]


def fields(message: Message) -> dict[str, Any]:
    blocks = [dict(block) for block in message.blocks]
    return {"text": message.text, **({"blocks": blocks} if blocks else {})}


def assert_taken(message: Message) -> None:
    problems: list[str] = []
    assert check_message(fields(message), problems) == ""
    assert problems == []


@pytest.mark.parametrize("url", URLS, ids=range(len(URLS)))
@pytest.mark.parametrize("name", TEXTS)
def test_hostile_text_in_every_field_is_taken_and_inert(name: str, url: str) -> None:
    """Title, sentence, matched words, source, rule and note at once."""
    text = TEXTS[name]
    wild = alert(
        title=text,
        sentence=text,
        words=(text[:20], "CMA"),
        source=text,
        note=text[:80],
        rule=text[:60],
        url=url,
    )
    for message in (
        alert_message(wild),
        parent_message(wild),
        *roll_up_messages([wild] * 5),
        ops_message(text),
    ):
        assert_taken(message)
        assert_taken(reduced(message))


@given(st.text(max_size=200), st.text(max_size=60))
@settings(deadline=None, max_examples=100)
def test_any_title_and_address_are_taken(title: str, tail: str) -> None:
    """Whatever Unicode holds."""
    assert_taken(alert_message(alert(title=title, url=f"https://example.org/{tail}")))


def test_the_manifest_asks_for_exactly_the_scopes_that_the_bot_uses() -> None:
    """The fake refuses every call beyond these scopes, and all tests pass within them."""
    node: Node | None = load(ROOT / "deploy" / "slack-app.yaml")
    for key in ("oauth_config", "scopes", "bot"):
        assert isinstance(node, Fields)
        node = node.get(key)
    assert isinstance(node, Items)
    assert {scope.text for scope in node.nodes if isinstance(scope, Scalar)} == SCOPES
