"""Learns what words weigh, for the stage and for scrutiny, from the labelled articles here; writes it into the package.

    make weights                                            # writes bot/matching/weights_of_*.tsv
    .venv/bin/python tests/eval/learn_weights.py --by-set   # each set read by weights that were learned from the others

Every fifth item of dev.jsonl is held back from learning, as it was from tuning.
"""

from __future__ import annotations

import argparse
import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.matching.automaton import PhraseBook
from bot.matching.evaluate import split
from bot.matching.hits import DocumentHits, LexiconPhrases
from bot.matching.items import Item, read_items
from bot.matching.lexicon_file import load_lexicon
from bot.matching.text import Document
from bot.matching.word_weights import (
    SCALE,
    SCRUTINY_FILE,
    STAGE_FILE,
    WordWeights,
    features_of,
    strengths_of,
)
from storage.words import Stage

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SETS = ("acts", "articles", "dev", "headlines", "languages", "mixed", "own", "stages", "wording")
HELD_BACK = 5  # every so many items of dev.jsonl
SEEN = 2  # articles in which a feature must stand
STRENGTH = 8.0  # of the learner: the inverse of its regularisation
ROUNDS = 600
ACTED_ON = ("signal", "other")


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled article: its set, how strongly each feature counts, and the right answer, by number."""

    set: str
    strengths: dict[str, float]
    answer: int


def digest() -> str:
    """Return a digest of all that the weights are learned from."""
    sha = hashlib.sha256()
    for name in SETS:
        sha.update((HERE / f"{name}.jsonl").read_bytes())
    return sha.hexdigest()[:16]


def items_of(name: str) -> list[Item]:
    """Return the items of a set."""
    lines = (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [item for item in read_items(lines) if isinstance(item, Item)]


def examples() -> tuple[list[Example], list[Example]]:
    """Return the examples for the stage and for scrutiny, of all sets, without those that are held back."""
    book = PhraseBook()
    phrases = LexiconPhrases(load_lexicon(ROOT / "rules" / "lexicon"), book)
    index = book.build()
    stage: list[Example] = []
    scrutiny: list[Example] = []
    for name in SETS:
        items = items_of(name)
        for item in split(items, HELD_BACK, hold_out=False) if name == "dev" else items:
            if item.gold is None:
                continue
            given = item.given
            document = Document.of(
                title=given.title,
                summary=given.summary,
                body=given.body,
                url=given.url,
                language=given.language,
            )
            hits = DocumentHits(phrases, document, index.find(document), None)
            companies = hits.of("companies")
            strengths = strengths_of(features_of(document, companies))
            if item.gold.stage is not None:
                stage.append(Example(name, strengths, list(Stage).index(Stage(item.gold.stage))))
            if companies and hits.of("regulators"):
                scrutiny.append(Example(name, strengths, int(item.gold.label in ACTED_ON)))
    return stage, scrutiny


def learn(those: Sequence[Example]) -> str:
    """Return the rows of the weights that examples teach: bias first, then by feature."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    seen = Counter(name for one in those for name in one.strengths)
    rarity = {name: math.log(1 + len(those) / count) for name, count in seen.items() if count >= SEEN}
    vectors = DictVectorizer()
    rows = vectors.fit_transform([_normed(one, rarity) for one in those])
    model = LogisticRegression(C=STRENGTH, max_iter=ROUNDS, class_weight="balanced")
    model.fit(rows, [one.answer for one in those])
    weights, bias = model.coef_, model.intercept_
    if len(weights) == 1:  # of two answers the learner weighs the second alone
        weights, bias = [0 * weights[0], weights[0]], [0.0, bias[0]]
    text = _row("", 0.0, bias)
    for number, name in enumerate(vectors.get_feature_names_out()):
        text += _row(name, rarity[name], [answer[number] for answer in weights])
    return text


def _normed(one: Example, rarity: dict[str, float]) -> dict[str, float]:
    values = {name: strength * rarity[name] for name, strength in one.strengths.items() if name in rarity}
    norm = math.sqrt(sum(value * value for value in values.values())) or 1.0
    return {name: value / norm for name, value in values.items()}


def _row(name: str, rarity: float, weights: Sequence[float]) -> str:
    return "\t".join([name, *(str(round(SCALE * number)) for number in (rarity, *weights))]) + "\n"


def by_set(question: str, those: Sequence[Example]) -> None:
    """Print, for each set, how many answers are right by weights that were learned from the other sets."""
    for name in SETS:
        own = [one for one in those if one.set == name]
        weights = WordWeights.read(learn([one for one in those if one.set != name]))
        right = 0
        for one in own:
            weighed = weights.weigh(one.strengths)
            right += weighed.index(max(weighed)) == one.answer
        print(f"{question:9} {name:10} {right / len(own):.3f} of {len(own)}", flush=True)


def main() -> None:
    """Learn, and write or print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--by-set", action="store_true", help="read each set by weights learned from the others"
    )
    only_print = parser.parse_args().by_set
    stage, scrutiny = examples()
    for question, those, file, answers in (
        ("stage", stage, STAGE_FILE, tuple(Stage)),
        ("scrutiny", scrutiny, SCRUTINY_FILE, ("named", "looked at")),
    ):
        if only_print:
            by_set(question, those)
            continue
        head = (
            "# What a word weighs, in hundredths, learned by tests/eval/learn_weights.py; do not edit by hand.\n"
            f"# from: {len(those)} articles, {digest()}\n"
            f"# feature, rarity, {', '.join(answers)}; the first row is what an article without words has\n"
        )
        target = ROOT / "bot" / "matching" / file
        target.write_text(head + learn(those), encoding="utf-8")
        print(f"{target.relative_to(ROOT)}: {target.stat().st_size:,} bytes from {len(those)} articles")


if __name__ == "__main__":
    main()
