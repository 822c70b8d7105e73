"""YAML that a person mistyped: each fault has its place and says what to do."""

from __future__ import annotations

import pytest

from bot.errors import InvalidFiles
from bot.strict_yaml import parse


@pytest.mark.parametrize(
    ("text", "place", "advice"),
    [
        ("title: CMA: the case", "f.yaml:1:11:", "Text with a colon wants quotes"),
        ("a:\n\tb: 1", "f.yaml:2:1:", "Use spaces, not tabs."),
        ("a:\n  b: 1\n c: 2", "f.yaml:3:2:", "The line stands further in, or out,"),
        ("a: [1, 2", "f.yaml:2:1:", "A bracket is not closed"),
        ("a: 'x", "f.yaml:1:6:", "A quote is not closed."),
        ("a: @x", "f.yaml:1:4:", "Text that begins with such a character wants quotes."),
    ],
    ids=["colon", "tab", "indent", "bracket", "quote", "sign"],
)
def test_a_slip_has_its_place_and_an_advice(text: str, place: str, advice: str) -> None:
    """What the reader of YAML says is for programmers; the rest of the line is for the writer."""
    with pytest.raises(InvalidFiles) as caught:
        parse(text, name="f.yaml")
    said = str(caught.value.problems[0])
    assert said.startswith(place)
    assert advice in said
