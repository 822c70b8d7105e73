"""Synthetic rules read by hyperscan and spaCy's PhraseMatcher beside ours: which rules match, and at what cost.

    python benchmarks/matching_peers.py [--python PATH] [--rules 1000] [--articles 300] [--rounds 3]

The rules and articles are those of `matching.py`. PATH is an interpreter that has `hyperscan` and `spacy`, for they
are no dependencies of ours; without it this one is tried, and what is not installed is named and left out.
Each engine finds the phrases; the same few lines then say which rules have a phrase of every group. Ours reads the
whole article (folding, spans, facts of an empty lexicon) as in production, so it does more. CPU time, medians.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

Groups = list[list[str]]
Engine = Callable[[str], list[int]]
SIDE = "--side"


def phrases_of(rules: list[Groups]) -> list[str]:
    """Return every phrase once."""
    return sorted({phrase for groups in rules for group in groups for phrase in group})


def evaluator(rules: list[Groups], phrases: list[str]) -> Callable[[Iterable[int]], list[int]]:
    """Return what makes the numbers of the rules of the numbers of the phrases found."""
    number = {phrase: n for n, phrase in enumerate(phrases)}
    sets = [[frozenset(number[phrase] for phrase in group) for group in groups] for groups in rules]
    starts: dict[int, list[int]] = {}
    for rule, groups in enumerate(sets):
        for phrase in min(groups, key=len):
            starts.setdefault(phrase, []).append(rule)

    def evaluate(found: Iterable[int]) -> list[int]:
        seen = frozenset(found)
        candidates = {rule for phrase in seen for rule in starts.get(phrase, ())}
        return sorted(r for r in candidates if not any(group.isdisjoint(seen) for group in sets[r]))

    return evaluate


def hyperscan_engine(rules: list[Groups]) -> Engine:
    """Match the phrases as one database of patterns."""
    import hyperscan  # type: ignore[import-not-found, unused-ignore]

    phrases = phrases_of(rules)
    database: Any = hyperscan.Database()
    flags = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_CASELESS
    patterns = [rf"\b{phrase}\b".encode() for phrase in phrases]
    database.compile(
        expressions=patterns,
        ids=list(range(len(phrases))),
        elements=len(phrases),
        flags=[flags] * len(phrases),
    )
    evaluate = evaluator(rules, phrases)

    def read(text: str) -> list[int]:
        found: list[int] = []

        def hit(number: int, _start: int, _end: int, _flags: int, _context: object) -> None:
            found.append(number)

        database.scan(text.encode(), match_event_handler=hit)
        return evaluate(found)

    return read


def spacy_engine(rules: list[Groups]) -> Engine:
    """Match the phrases token by token, after spaCy's own tokenizer."""
    import spacy  # type: ignore[import-not-found, unused-ignore]
    from spacy.matcher import PhraseMatcher  # type: ignore[import-not-found, unused-ignore]

    phrases = phrases_of(rules)
    language: Any = spacy.blank("en")
    matcher: Any = PhraseMatcher(language.vocab, attr="LOWER")
    for number, phrase in enumerate(phrases):
        matcher.add(str(number), [language.make_doc(phrase)])
    evaluate = evaluator(rules, phrases)
    names = {language.vocab.strings[str(n)]: n for n in range(len(phrases))}
    return lambda text: evaluate(names[name] for name, _, _ in matcher(language.make_doc(text)))


ENGINES = {"hyperscan": hyperscan_engine, "spacy": spacy_engine}


def cost(read: Callable[[str], object], texts: list[str]) -> float:
    """Return microseconds of CPU an article."""
    began = time.process_time()
    for text in texts:
        read(text)
    return (time.process_time() - began) / len(texts) * 1e6


def side(name: str) -> None:
    """Measure one engine: the job comes on standard input, the answer goes to standard output."""
    job = json.load(sys.stdin)
    if importlib.util.find_spec(name) is None:
        print("null")
        return
    read = ENGINES[name](job["rules"])
    answers = [read(text) for text in job["texts"]]
    times = [cost(read, job["texts"]) for _ in range(job["rounds"])]
    print(json.dumps({"us": statistics.median(times), "answers": answers}))


def ours(rules: list[Groups], texts: list[str], rounds: int) -> tuple[float, list[list[int]]]:
    """Return microseconds an article and the numbers of the rules for each."""
    from benchmarks.matching import synthetic
    from bot.matching.matcher import Matcher

    matcher = Matcher(synthetic(rules))
    answers = [sorted(int(m.rule[1:]) for m in matcher.read(title="", body=text).matches) for text in texts]
    times = [cost(lambda text: matcher.read(title="", body=text), texts) for _ in range(rounds)]
    return statistics.median(times), answers


def main() -> None:
    """Measure and print."""
    if sys.argv[1:2] == [SIDE]:
        side(sys.argv[2])
        return
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--rules", type=int, default=1000)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    from benchmarks.matching import material

    texts, every = material(args.articles)
    rules = every[: args.rules]
    own, expected = ours(rules, texts, args.rounds)
    print(f"{args.rules:,} rules, {len(texts)} articles; ours {own:.0f} us an article", flush=True)
    job = json.dumps({"rules": rules, "texts": texts, "rounds": args.rounds})
    for name in ENGINES:
        command = [args.python, __file__, SIDE, name]
        done = subprocess.run(command, input=job, capture_output=True, text=True, check=False)
        answer = json.loads(done.stdout) if done.returncode == 0 else None
        if answer is None:
            print(f"{name}: not installed, not measured {done.stderr[-300:]}")
            continue
        same = sum(a == b for a, b in zip(answer["answers"], expected, strict=True))
        ratio = answer["us"] / own
        print(
            f"{name}: {answer['us']:.0f} us an article, {ratio:.1f}x ours; same rules on {same} of {len(texts)}"
        )


if __name__ == "__main__":
    main()
