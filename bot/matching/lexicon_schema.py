"""The JSON Schema of lexicon files, for completion in editors. Pure.

`python -m bot.matching.lexicon_schema > rules/schema/lexicon.schema.json` refreshes the checked-in copy.
"""

from __future__ import annotations

import json
import sys

from bot.matching.lexicon_file import EFFECTS, FILES, GROUPS, REACHES, SCOPES

Schema = dict[str, object]


def lexicon_schema() -> Schema:
    """Return the schema of a lexicon file; one schema serves all files."""
    text: Schema = {"type": "string", "minLength": 1}
    texts: Schema = {"oneOf": [text, {"type": "array", "items": text, "minItems": 1}]}
    keys: dict[str, object] = {
        "country": text,
        "listed": {"type": "boolean", "description": "false: recognised, but not listed among a hit's names"},
        "groups": {"type": "array", "items": {"enum": list(GROUPS)}},
        "effect": {"enum": list(EFFECTS)},
        "any": {"type": "array", "items": {"type": "array", "items": text}},
        "reach": {"enum": list(REACHES)},
        "of": {"type": "array", "items": text, "description": "word lists whose terms this one has besides"},
    }
    known = {key for file_keys in FILES.values() for key in file_keys}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "regwatch lexicon",
        "description": "What is recognised, each entry with its terms: (a|b) alternatives, <list>, a .. b and a ~ b gaps.",
        "type": "array",
        "items": {
            "type": "object",
            "required": ["id"],
            "additionalProperties": False,
            "properties": {
                "id": text,
                "name": text,
                "terms": {"$ref": "#/definitions/terms"},
                **{key: value for key, value in keys.items() if key in known},
            },
        },
        "definitions": {
            "terms": {
                "oneOf": [
                    {"type": "array", "items": {"$ref": "#/definitions/term"}},
                    {"type": "object", "additionalProperties": {"$ref": "#/definitions/terms"}},
                ]
            },
            "term": {
                "oneOf": [
                    text,
                    {"type": "array", "items": {"$ref": "#/definitions/term"}, "minItems": 1},
                    _term(text, texts),
                ]
            },
        },
    }


def _term(text: Schema, texts: Schema) -> Schema:
    return {
        "type": "object",
        "required": ["text"],
        "additionalProperties": False,
        "properties": {
            "text": texts,
            "case": {"enum": ["exact", "any"]},
            "needs": texts,
            "scope": {"enum": list(SCOPES), "description": "where a word of `needs` must stand"},
            "also": {**texts, "description": "one of these anywhere in the article besides"},
            "not_with": texts,
            "not_scope": {"enum": list(SCOPES), "description": "where a word of `not_with` cancels"},
            "language": text,
        },
    }


def schema_text() -> str:
    """Return the schema as JSON text that ends in a line break."""
    return json.dumps(lexicon_schema(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
