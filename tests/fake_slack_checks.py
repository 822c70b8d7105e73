"""What Slack refuses in a message, and what a careful bot would not send though Slack takes it."""

from __future__ import annotations

import re
from typing import Any

_BAD_ENTITY = re.compile(r"&(?!(?:amp|lt|gt);)")
_MARKUP = re.compile(r"<[^<>]*>")
_LINK = re.compile(r"<https?://[^\s|<>]+(?:\|[^<>|]*)?>")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
_TYPES = {"section", "context", "divider", "header", "actions"}
MAX_BLOCKS, MAX_SECTION, MAX_TOTAL, MAX_TEXT = 50, 3_000, 13_000, 4_000


def units(text: str) -> int:
    """Return UTF-16 units: the strictest reading of "characters"."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_message(fields: dict[str, Any], problems: list[str]) -> str:
    """Return Slack's error word, or nothing; append to `problems` what is unwise."""
    text, blocks = fields.get("text"), fields.get("blocks") or []
    if not text and not blocks:
        return "no_text"
    if not isinstance(text, str) or not text.strip():
        problems.append("no fallback text")
    else:
        _check_markup(text, problems, "text")
        if units(text) > MAX_TEXT:
            problems.append(f"text of {units(text)} units would be split")
    if not isinstance(blocks, list):
        return "invalid_blocks_format"
    if len(blocks) > MAX_BLOCKS:
        return "invalid_blocks"
    texts: list[str] = []
    for block in blocks:
        if error := _check_block(block, texts, problems):
            return error
    ids = [b["block_id"] for b in blocks if "block_id" in b]
    if len(ids) != len(set(ids)) or any(not i or len(i) > 255 for i in ids):
        return "invalid_blocks"
    if sum(map(units, texts)) > MAX_TOTAL:
        return "msg_blocks_too_long"
    metadata = fields.get("metadata")
    if metadata is not None and not (
        isinstance(metadata, dict)
        and set(metadata) == {"event_type", "event_payload"}
        and isinstance(metadata["event_payload"], dict)
    ):
        return "invalid_metadata_format"
    return ""


def _check_block(block: Any, texts: list[str], problems: list[str]) -> str:
    if not isinstance(block, dict) or block.get("type") not in _TYPES:
        return "invalid_blocks"
    match block["type"]:
        case "section":
            return _check_text(block.get("text"), MAX_SECTION, texts, problems)
        case "header":
            return _check_text(block.get("text"), 150, texts, problems, only="plain_text")
        case "context":
            elements = block.get("elements")
            if not isinstance(elements, list) or not 0 < len(elements) <= 10:
                return "invalid_blocks"
            return next(filter(None, (_check_text(e, 3_000, texts, problems) for e in elements)), "")
        case "actions":
            return _check_actions(block.get("elements"), problems, texts)
    return ""


def _check_text(text: Any, most: int, texts: list[str], problems: list[str], only: str = "") -> str:
    if not isinstance(text, dict) or text.get("type") not in ({only} if only else {"mrkdwn", "plain_text"}):
        return "invalid_blocks"
    unknown = set(text) - (
        {"type", "text", "verbatim"} if text["type"] == "mrkdwn" else {"type", "text", "emoji"}
    )
    value = text.get("text")
    if unknown or not isinstance(value, str) or not value or units(value) > most:
        return "invalid_blocks"
    if text["type"] == "mrkdwn":
        _check_markup(value, problems, "block")
    texts.append(value)
    return ""


def _check_actions(elements: Any, problems: list[str], texts: list[str]) -> str:
    if not isinstance(elements, list) or not 0 < len(elements) <= 25:
        return "invalid_blocks"
    for element in elements:
        if not isinstance(element, dict) or element.get("type") != "button":
            return "invalid_blocks"
        label = element.get("text")
        if error := _check_text(label, 75, texts, problems, only="plain_text"):
            return error
        if len(element.get("value", "")) > 2_000 or len(element.get("action_id", "")) > 255:
            return "invalid_blocks"
    actions = [element.get("action_id") for element in elements]
    return "" if len(actions) == len(set(actions)) else "invalid_blocks"


def _check_markup(text: str, problems: list[str], where: str) -> None:
    if _BAD_ENTITY.search(text):
        problems.append(f"{where}: unescaped &")
    odd = [found for found in _MARKUP.findall(text) if not _LINK.fullmatch(found)]
    problems.extend(f"{where}: markup {found[:60]!r}" for found in odd)
    bare = _MARKUP.sub("", text)
    if "<" in bare or re.sub(r"^> ", "", bare, flags=re.MULTILINE).count(">"):
        problems.append(f"{where}: unescaped < or >")
    if _INVISIBLE.search(text):
        problems.append(f"{where}: invisible character")
