"""The JSON Schema of rule files, generated from the language itself, for completion in editors. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from bot.matching.condition_file import AMOUNT_KINDS, BLOCKS, CASES, LEAVES, MAX_WITHIN, STAGE_WORDS
from bot.matching.lexicon import Lexicon
from bot.matching.rule_file import RULE_KEYS
from bot.matching.text import FIELDS
from storage.words import Kind, Level, RuleStatus, Stage, Tier

Schema = dict[str, object]


def schema_text(lexicon: Lexicon) -> str:
    """Return the schema as JSON text that ends in a line break."""
    return json.dumps(rule_schema(lexicon), indent=2, ensure_ascii=False) + "\n"


def rule_schema(lexicon: Lexicon) -> Schema:
    """Return the schema of a rule file; ids of the lexicon are offered as words."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "regwatch rules",
        "description": "A list of rules. rules/README.md teaches the language.",
        "type": "array",
        "items": {"$ref": "#/definitions/rule"},
        "definitions": {
            "rule": _rule(),
            "condition": _condition(lexicon),
            "conditions": {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/condition"}},
            "phrases": _one_or_more({"type": "string", "minLength": 1}),
            "example": _example(lexicon),
            "level": _enum(Level),
        },
    }


def _rule() -> Schema:
    text: Schema = {"type": "string"}
    changes = {
        "type": "object",
        "propertyNames": {"enum": [*STAGE_WORDS, *(tier.value for tier in Tier)]},
        "additionalProperties": {"$ref": "#/definitions/level"},
    }
    examples = {
        "type": "array",
        "items": {"anyOf": [{"type": "string"}, {"$ref": "#/definitions/example"}]},
    }
    properties: dict[str, Schema] = {
        "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,79}$", "description": "Unique, stable."},
        "title": {**text, "description": "What a reader of the alert sees."},
        "kind": {**_enum(Kind), "description": "signal: FTC, CMA, EC; other: another authority; deal: none."},
        "level": {"$ref": "#/definitions/level"},
        "status": {**_enum(RuleStatus), "description": "draft: not run; shadow: recorded, not posted."},
        "raise": {**changes, "description": "At least this level for a stage or a tier."},
        "cap": {**changes, "description": "At most this level for a stage or a tier."},
        "when": {"$ref": "#/definitions/condition"},
        "examples": _object({"match": examples, "no_match": examples}),
        "description": text,
        "owner": text,
        "tags": _one_or_more(text),
    }
    return _object({key: properties[key] for key in RULE_KEYS}, required=("id", "when"))


def _condition(lexicon: Lexicon) -> Schema:
    inner: Schema = {"$ref": "#/definitions/condition"}
    many: Schema = {"$ref": "#/definitions/conditions"}
    blocks: dict[str, Schema] = {
        "all": many,
        "any": many,
        "not": {"anyOf": [many, inner]},
        "at_least": _object(
            {"of": {"type": "integer", "minimum": 1}, "these": many}, required=("of", "these")
        ),
    }
    leaves = _leaves(lexicon)
    properties = {
        **{key: blocks[key] for key in BLOCKS},
        **{key: leaves[key] for key in LEAVES},
        "field": _one_or_more({"enum": list(FIELDS)}),
        "same": {"enum": ["sentence"]},
        "case": {"enum": list(CASES)},
    }
    return {"anyOf": [{"type": "string", "minLength": 1}, _object(properties)]}


def _leaves(lexicon: Lexicon) -> dict[str, Schema]:
    phrases: Schema = {"$ref": "#/definitions/phrases"}
    groups = {group for entry in lexicon.regulators.values() for group in entry.groups}
    regulators = ["any", *lexicon.regulators, *sorted(groups)]
    companies = [*lexicon.companies, *lexicon.groups]
    subjects = ["any", *lexicon.subjects]
    amount: Schema = {"type": ["string", "number"], "description": "500m, 1bn, 1.5 billion"}
    near = {
        "terms": {"type": "array", "minItems": 2, "items": phrases},
        "within": {"type": "integer", "minimum": 0, "maximum": MAX_WITHIN},
    }
    side = _words(companies)
    text: Schema = {"type": "string"}
    return {
        "text": phrases,
        "near": _object(near, required=("terms",)),
        "regex": {"type": "string", "description": "RE2"},
        "regulator": _words(regulators),
        "company": _words(["any", *companies]),
        "theory": _words(["any", *lexicon.theories]),
        "topic": _words(["any", *lexicon.topics]),
        "deal_form": _words(["any", *lexicon.deal_forms]),
        "subject": _words(subjects),
        "tie": {
            "anyOf": [
                {"const": "any"},
                _object({"between": {"type": "array", "minItems": 2, "maxItems": 2, "items": side}}),
            ]
        },
        "scrutiny": {
            "anyOf": [{"const": "any"}, _object({"by": _words(regulators), "of": _words(subjects)})]
        },
        "stage": _words([*STAGE_WORDS, "any"]),
        "amount": {
            "anyOf": [
                {"const": "any"},
                _object(
                    {
                        "over": amount,
                        "under": amount,
                        "currency": {"type": "string", "pattern": "^[A-Za-z]{3}$"},
                        "kind": _words([*AMOUNT_KINDS, "any"]),
                    }
                ),
            ]
        },
        "case_number": _one_or_more(text),
        "feed": _one_or_more(text),
        "language": _one_or_more({"type": "string", "pattern": "^[A-Za-z]{2,3}$"}),
        "tier": _words([tier.value for tier in Tier]),
    }


def _example(lexicon: Lexicon) -> Schema:
    text: Schema = {"type": "string"}
    expect = {
        "level": {"$ref": "#/definitions/level"},
        "stage": _enum(Stage),
        "regulators": _words(list(lexicon.regulators)),
        "companies": _words(list(lexicon.companies)),
    }
    words = dict.fromkeys(("title", "summary", "body", "url", "language", "feed"), text)
    return _object(
        {
            **words,
            "authority": {"enum": list(lexicon.regulators)},
            "tier": _enum(Tier),
            "expect": _object(expect),
        }
    )


def _object(properties: Mapping[str, object], *, required: Iterable[str] = ()) -> Schema:
    schema: Schema = {"type": "object", "additionalProperties": False, "properties": dict(properties)}
    if required:
        schema["required"] = list(required)
    return schema


def _words(words: Iterable[str]) -> Schema:
    return _one_or_more({"enum": list(words)})


def _one_or_more(schema: Mapping[str, object]) -> Schema:
    return {"anyOf": [dict(schema), {"type": "array", "minItems": 1, "items": dict(schema)}]}


def _enum(kind: type[Kind] | type[Level] | type[RuleStatus] | type[Tier] | type[Stage]) -> Schema:
    return {"enum": [member.value for member in kind]}
