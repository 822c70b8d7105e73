"""Learns the weights of words for stages from the labelled articles here, and writes them into the package.

    make stage-weights                                       # writes bot/matching/stage_weights.tsv
    .venv/bin/python tests/eval/learn_stages.py --by-set     # each set read by weights that were learned from the others

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
from bot.matching.stage_weights import SCALE, StageWeights, features_of, strengths_of
from bot.matching.text import Document
from storage.words import Stage

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
TARGET = ROOT / "bot" / "matching" / "stage_weights.tsv"
SETS = ("acts", "articles", "dev", "headlines", "languages", "mixed", "own", "stages", "wording")
HELD_BACK = 5  # every so many items of dev.jsonl
SEEN = 2  # articles in which a feature must stand
KEPT = 100_000
STRENGTH = 8.0  # of the learner: the inverse of its regularisation
ROUNDS = 600


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled article: its set, its stage, and how strongly each feature counts."""

    set: str
    stage: Stage
    strengths: dict[str, float]


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


def examples() -> list[Example]:
    """Return the examples of all sets, without those that are held back."""
    book = PhraseBook()
    phrases = LexiconPhrases(load_lexicon(ROOT / "rules" / "lexicon"), book)
    index = book.build()
    found: list[Example] = []
    for name in SETS:
        items = items_of(name)
        for item in split(items, HELD_BACK, hold_out=False) if name == "dev" else items:
            if item.gold is None or item.gold.stage is None:
                continue
            given = item.given
            document = Document.of(
                title=given.title,
                summary=given.summary,
                body=given.body,
                url=given.url,
                language=given.language,
            )
            companies = DocumentHits(phrases, document, index.find(document), None).of("companies")
            strengths = strengths_of(features_of(document, companies))
            found.append(Example(name, Stage(item.gold.stage), strengths))
    return found


def learn(those: Sequence[Example]) -> str:
    """Return the rows of the weights that examples teach: bias first, then by feature."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    seen = Counter(name for one in those for name in one.strengths)
    rarity = {name: math.log(1 + len(those) / count) for name, count in seen.items() if count >= SEEN}
    kept = set(rarity)

    def fitted() -> tuple[DictVectorizer, LogisticRegression]:
        vectors = DictVectorizer()
        rows = vectors.fit_transform([_normed(one, rarity, kept) for one in those])
        model = LogisticRegression(C=STRENGTH, max_iter=ROUNDS, class_weight="balanced")
        model.fit(rows, [list(Stage).index(one.stage) for one in those])
        return vectors, model

    vectors, model = fitted()
    names = vectors.get_feature_names_out()
    weight = abs(model.coef_).max(axis=0)
    kept = {str(names[number]) for number in (-weight).argsort(kind="stable")[:KEPT]}
    vectors, model = fitted()
    rows = [_row("", 0.0, model.intercept_)]
    rows += [
        _row(str(name), rarity[name], model.coef_[:, number])
        for number, name in enumerate(vectors.get_feature_names_out())
    ]
    return "".join(rows)


def _normed(one: Example, rarity: dict[str, float], kept: set[str]) -> dict[str, float]:
    values = {name: strength * rarity[name] for name, strength in one.strengths.items() if name in kept}
    norm = math.sqrt(sum(value * value for value in values.values())) or 1.0
    return {name: value / norm for name, value in values.items()}


def _row(name: str, rarity: float, weights: Sequence[float]) -> str:
    return "\t".join([name, *(str(round(SCALE * number)) for number in (rarity, *weights))]) + "\n"


def by_set(all_of: Sequence[Example]) -> None:
    """Print, for each set, how many stages are right by weights that were learned from the other sets."""
    for name in SETS:
        own = [one for one in all_of if one.set == name]
        weights = StageWeights.read(learn([one for one in all_of if one.set != name]))
        right = 0
        for one in own:
            weighed = weights.weigh(one.strengths)
            right += max(weighed, key=weighed.__getitem__) is one.stage
        print(f"{name:10} {right / len(own):.3f} of {len(own)}", flush=True)


def main() -> None:
    """Learn, and write or print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--by-set", action="store_true", help="read each set by weights learned from the others"
    )
    all_of = examples()
    if parser.parse_args().by_set:
        by_set(all_of)
        return
    head = (
        "# What a word weighs for each stage, in hundredths, learned by tests/eval/learn_stages.py; do not edit by hand.\n"
        f"# from: {len(all_of)} articles, {digest()}\n"
        f"# feature, rarity, {', '.join(Stage)}; the first row is what an article without words has\n"
    )
    TARGET.write_text(head + learn(all_of), encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size:,} bytes from {len(all_of)} articles")


if __name__ == "__main__":
    main()
