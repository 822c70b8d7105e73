"""YAML that a person mistyped: each fault has its place and says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import InvalidFiles
from bot.strict_yaml import load, parse


@pytest.mark.parametrize(
    ("text", "place", "advice"),
    [
        ("title: CMA: the case", "f.yaml:1:11:", 'Text with a colon wants quotes: "a: b".'),
        ("a:\n\tb: 1", "f.yaml:2:1:", "Use spaces, not tabs."),
        ("a:\n  b: 1\n c: 2", "f.yaml:3:2:", "The line stands further in, or out,"),
        ("a: b\n  c: 2", "f.yaml:2:4:", "The line stands further in, or out,"),
        ("a: [1, 2\nb: 3", "f.yaml:1:4:", "a bracket [ that is not closed"),
        ("a: {b: 2\nc: 3", "f.yaml:1:4:", "a bracket { that is not closed"),
        ("a: 'x\nb: y", "f.yaml:1:4:", "a quote that is not closed"),
        ('a: "x\nb: ["y"]', "f.yaml:1:4:", "a quote that is not closed. It was noticed on line 2."),
        (
            '- a: "x\n  b: y\n- a: "c"\n  b: z',
            "f.yaml:1:6:",
            "a quote that is not closed. It was noticed on line 3.",
        ),
        ('a: "two\n  lines"\nb: [1\nc: 2', "f.yaml:3:4:", "a bracket [ that is not closed"),
        ("a: @x", "f.yaml:1:4:", "Text that begins with such a character wants quotes."),
        ("a: *erger", "f.yaml:1:4:", 'Text that begins with * wants quotes: "*erger".'),
        ("a: &erger b", "f.yaml:1:4:", 'Text that begins with & wants quotes: "&erger".'),
        ("a: **", "f.yaml:1:5:", "Text that begins with such a character wants quotes."),
        ("a: !erger b", "f.yaml:1:4:", "Text that begins with ! wants quotes."),
    ],
    ids=[
        *("colon", "tab", "out", "in", "bracket", "brace", "quote", "quote-taken-for-another"),
        *("quote-lines-before", "two-lines"),
        *("sign", "star", "ampersand", "stars", "exclamation"),
    ],
)
def test_a_slip_has_its_place_and_an_advice(text: str, place: str, advice: str) -> None:
    """What the reader of YAML says is for programmers; the rest of the line is for the writer."""
    with pytest.raises(InvalidFiles) as caught:
        parse(text, name="f.yaml")
    said = str(caught.value.problems[0])
    assert said.startswith(place)
    assert advice in said


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ("a: b\nc: Präsidium\n".encode("latin-1"), "f.yaml:2:6: byte 0xe4 is not UTF-8"),
        (b"\xef\xbb\xbfa: \xff", "f.yaml:1:4: byte 0xff is not UTF-8"),
        ("é: b\n\x85".encode() + b"\xff", "f.yaml:2:2: byte 0xff is not UTF-8"),
    ],
    ids=["latin-1", "after-a-mark", "after-other-letters"],
)
def test_what_is_not_utf8_has_its_place(tmp_path: Path, raw: bytes, place: str) -> None:
    """Line and column as an editor counts them, and what to do."""
    (tmp_path / "f.yaml").write_bytes(raw)
    with pytest.raises(InvalidFiles) as caught:
        load(tmp_path / "f.yaml", name="f.yaml")
    said = str(caught.value.problems[0])
    assert said.startswith(place)
    assert said.endswith("Save the file as UTF-8.")
