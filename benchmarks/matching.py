"""How fast articles are read: the shipped rules with all facts, and 10 to 10,000 rules against a regex per rule.

    python benchmarks/matching.py [--articles 500] [--rounds 3]

Synthetic rules have 2 to 6 groups of 3 to 10 phrases of one of 200 topics; an article of 235 words speaks of one
topic, so that at 10,000 rules about 37 phrases occur in it and about 1.5 rules match. The two engines must say the
same ids on 300 articles. The naive engine compiles one pattern a group, stops at the first that fails, and is left
out above 1,000 rules. Figures are CPU time, medians over the rounds.
spaCy's PhraseMatcher and hyperscan: `matching_peers.py`.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from bot.matching.lexicon import Lexicon
from bot.matching.matcher import Matcher
from bot.matching.rule_file import RuleSet, load_rules, read_rules
from bot.strict_yaml import parse

ROOT = Path(__file__).resolve().parent.parent
EMPTY = Lexicon(
    regulators={}, companies={}, stages={}, theories={}, deal_forms={}, topics={}, words={}, subjects={}
)
Groups = list[list[str]]
TOPICS, PHRASES, SAID = 200, 300, 17


def vocabulary(random_: random.Random) -> list[str]:
    syllables = [a + b for a in "bdfgklmnprstv" for b in "aeiou"]
    return sorted(
        {"".join(random_.choices(syllables, k=random_.choice((2, 3, 3, 4)))) for _ in range(20_000)}
    )


def zipf(random_: random.Random, words: list[str], count: int) -> list[str]:
    top = len(words)
    return [words[min(top - 1, int(top ** random_.random()) - 1)] for _ in range(count)]


def topics_of(random_: random.Random, words: list[str]) -> list[list[str]]:
    """Return the phrases of each topic: one word in twenty-five, else two."""
    return [
        [" ".join(random_.choices(words, k=1 if random_.random() < 0.04 else 2)) for _ in range(PHRASES)]
        for _ in range(TOPICS)
    ]


def groups_of(random_: random.Random, phrases: list[str]) -> Groups:
    return [random_.sample(phrases, k=random_.randint(3, 10)) for _ in range(random_.randint(2, 6))]


def article_of(random_: random.Random, words: list[str], phrases: list[str]) -> str:
    """Return an article of 235 words that says some phrases of a topic among common words."""
    parts = [*random_.sample(phrases, k=SAID), *zipf(random_, words, 235 - 2 * SAID)]
    random_.shuffle(parts)
    return " ".join(parts)


def material(articles: int) -> tuple[list[str], list[Groups]]:
    """Return articles and 10,000 rules, the same ones in every run."""
    random_ = random.Random(7)
    words = vocabulary(random_)
    random_.shuffle(words)
    topics = topics_of(random_, words)
    texts = [article_of(random_, words, random_.choice(topics)) for _ in range(articles)]
    return texts, [groups_of(random_, random_.choice(topics)) for _ in range(10_000)]


def text_clause(group: list[str]) -> str:
    return "{text: [" + ", ".join(group) + "]}"


def synthetic(rules: list[Groups]) -> RuleSet:
    sets = []
    for start in range(0, len(rules), 500):
        lines = [
            f"- {{id: r{start + n}, when: {{all: [{', '.join(map(text_clause, groups))}]}}}}"
            for n, groups in enumerate(rules[start : start + 500])
        ]
        sets.append(parse("\n".join(lines), name="synthetic.yaml"))
    return read_rules(sets, EMPTY)


def naive(rules: list[Groups]) -> Callable[[str], list[str]]:
    compiled = [
        [re.compile(r"\b(?:" + "|".join(map(re.escape, group)) + r")\b") for group in groups]
        for groups in rules
    ]
    return lambda text: [f"r{n}" for n, groups in enumerate(compiled) if all(g.search(text) for g in groups)]


def per_article(read: Callable[[str], object], articles: list[str], rounds: int) -> float:
    """Return the median microseconds an article."""
    times = []
    for _ in range(rounds):
        began = time.process_time()
        for article in articles:
            read(article)
        times.append((time.process_time() - began) / len(articles) * 1e6)
    return statistics.median(times)


def reader_of(matcher: Matcher) -> Callable[[str], object]:
    return lambda text: matcher.read(title="", body=text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    texts, every = material(max(300, options.articles))

    shipped = Matcher(load_rules(ROOT / "rules"))
    title = "CMA opens merger inquiry into Amazon's partnership with Anthropic"
    relevant = [" ".join([title, *text.split()[:140]]) for text in texts[:100]]
    ordinary = [" ".join(text.split()[:150]) for text in texts]
    for name, articles in (("nothing of ours", ordinary), ("a signal in each", relevant)):
        cost = per_article(lambda t: shipped.read(title=t[:80], body=t), articles, options.rounds)
        print(f"shipped rules, all facts, 150 words, {name}: {1e6 / cost:,.0f} articles/s")

    first = 0.0
    for count in (10, 100, 1_000, 10_000):
        matcher = Matcher(synthetic(every[:count]))
        cost = per_article(reader_of(matcher), texts, options.rounds)
        first = first or cost
        found = sum(len(matcher.read(title="", body=text).matches) for text in texts) / len(texts)
        line = f"{count:>6} rules ({found:.2f} matches an article): {cost:8.1f} us/article, {cost / first:4.1f} x of 10 rules"
        if count <= 1_000:
            peer = naive(every[:count])
            sample = texts[:300]
            same = all([m.rule for m in matcher.read(title="", body=t).matches] == peer(t) for t in sample)
            slow = per_article(peer, texts[: 100 if count > 100 else 300], 1)
            line += f"; regex per rule {slow:10.1f} us, {slow / cost:6.1f} x; same ids on 300: {same}"
        print(line, flush=True)

    hostile = {
        "one word": "cma " * 250_000,
        "open tags": "<b " * 333_000,
        "entities": "&amp;" * 200_000,
        "sentences": "Cma. Anthropic. " * 62_500,
        "digits": "$1bn " * 200_000,
    }
    for name, text in hostile.items():
        cost = per_article(lambda t: shipped.read(title="", body=t), [text], 1)
        print(f"1 MB of {name}: {cost / 1e6:.2f} s")


if __name__ == "__main__":
    main()
