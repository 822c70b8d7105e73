"""What becomes of a word for a stage in its sentence: a report, a denial, a mere possibility, or none of its own. Pure.

The shades are entries of stages.yaml of their own: `denial`, `hedge`, `expect` and so on.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.matching.text import TOPIC_COMMA
from storage.words import Stage

if TYPE_CHECKING:
    from bot.matching.hits import DocumentHits, Hit

DENIAL_REACH = 6
HEDGE_REACH = 8
EXPECT_REACH = 10
AWAITED_REACH = 12
PAPERS_REACH = 12
WINDOW = 60  # tokens; what stands further away bears on nothing, in however long a sentence
PREPOSITION = 2  # letters of one, which follows a verb
TITLE_REACH = 8
ACT_REACH = 1  # tokens between an authority and what it did, outside of headlines
SHADES = frozenset(
    {
        "concern",
        "denial",
        "lack",
        "hedge",
        "postponed",
        "expect",
        "announced",
        "background",
        "order",
        "papers",
        "provisional",
        "glance",
        "bench",
        "talk",
        "that",
    }
)
NEGATED_AFTER = ("de", "nl", "ja", "ko")  # languages that put the denial after the verb
HEDGED_AFTER = ("ja", "ko")
IN_TITLE = "-in-title"  # entries whose words count in a headline alone


class Shades:
    """The shades of one document, and what they make of a word for a stage."""

    def __init__(self, hits: DocumentHits) -> None:
        self.hits = hits
        self._document = hits.document
        self._language = hits.document.language[:2]
        self._by_key: dict[str, list[Hit]] = {}
        for hit in hits.of("stages"):
            self._by_key.setdefault(hit.key, []).append(hit)

    def stage(self, hit: Hit) -> Stage | None:
        """Return the stage that a word is for; None where it is no report of an authority's act."""
        name = hit.key.removesuffix(IN_TITLE)
        if name in SHADES or (name != hit.key and not self._acts(hit)):
            return None
        stage = Stage(name)
        if stage is Stage.LITIGATION and self._allows_a_raid(hit):
            return None
        if stage is not Stage.DECISION:
            return stage
        if self._asks_for_papers(hit):
            return Stage.INQUIRY
        if self._is_provisional(hit) or (not self.hits.official and self._is_bare_order(hit)):
            return None
        return stage

    def is_glance(self, hit: Hit) -> bool:
        """Whether a word is for a look alone, outside of the headline."""
        return hit.field > 0 and any(word[1:3] == hit[1:3] for word in self._near(hit, "glance"))

    def is_denied(self, hit: Hit, stage: Stage) -> bool:
        """Whether the sentence says that it was not done."""
        nots = self._near(hit, "denial")
        return (
            (hit.apart and any(hit.start < word.start and word.end < hit.end for word in nots))
            or self._before(self._near(hit, "denial", "lack"), hit, DENIAL_REACH)
            or (
                stage.rank <= Stage.INVESTIGATION.rank
                and self._language in NEGATED_AFTER
                and self._after(self._near(hit, "denial", "lack"), hit)
            )
        )

    def is_doubted(self, hit: Hit, stage: Stage, *, talk: bool) -> bool:
        """Whether the sentence says that it may be done, or that it will be asked for; in `talk`, that it should."""
        if hit.field == 0 and hit.key.endswith(IN_TITLE) and self._asks:
            return True
        expected = self._near(hit, "expect", "hedge") if talk else self._near(hit, "expect")
        if stage is Stage.INQUIRY:
            return _shared(expected, hit) or self._before(expected, hit, EXPECT_REACH)
        put_off = ("postponed",) if stage is Stage.DECISION else ()
        # A judge who is named sits on a case, whatever it is that may come of it.
        doubts = [] if self._is_bench(hit) else self._near(hit, "hedge", *put_off)
        return (
            _shared(expected, hit)
            or (stage is Stage.LITIGATION and self._is_announced(hit))
            or self._before([*expected, *doubts], hit, HEDGE_REACH)
            or (self._language in HEDGED_AFTER and self._after(doubts, hit))
        )

    def is_awaited(self, hit: Hit, stage: Stage) -> bool:
        """Whether what follows makes of it something that is still to come."""
        expected = self._near(hit, "expect")
        if stage is Stage.INQUIRY:
            return self._language in NEGATED_AFTER and self._after(expected, hit)
        return (
            stage is Stage.DECISION
            and hit.key.endswith(IN_TITLE)
            and any(
                0 <= word.start - hit.end < AWAITED_REACH
                and not self._document.parted(hit.end - 1, word.start)
                for word in expected
            )
        )

    def is_expected(self, hit: Hit) -> bool:
        """Whether a word of expectation stands before it."""
        return self._before(self._near(hit, "expect"), hit, HEDGE_REACH)

    @cached_property
    def _asks(self) -> bool:
        """Whether the headline is a question, in which a bare verb reports no step."""
        return self._document.fields[0].folded.rstrip().endswith(("?", "？"))

    def _near(self, hit: Hit, *keys: str) -> list[Hit]:
        """Return the shades of some kinds in the hit's sentence, so near to it that they may bear on it."""
        return [word for key in keys for word in _around(self._by_key.get(key, []), hit)]

    @cached_property
    def _joined(self) -> list[tuple[int, int]]:
        """The tokens before and after a comma that ends no clause: between two authorities, or before "that"."""
        between = [
            (one.end - 1, other.start)
            for one, other in pairwise(self.hits.of("regulators"))
            if 0 <= other.start - one.end <= 1
        ]
        thats = [hit for hit in self._by_key.get("that", []) if hit.start]
        return sorted(between + [(hit.start - 1, hit.start) for hit in thats])

    def _parted(self, left: int, right: int) -> bool:
        """Whether a clause ends between two tokens."""
        for number in range(bisect_left(self._joined, (left, 0)), len(self._joined)):
            end, start = self._joined[number]
            if start > right:
                break
            if end >= left:
                if self._document.parted(left, end):
                    return True
                left = start
        return self._document.parted(left, right)

    def _before(self, words: list[Hit], hit: Hit, reach: int) -> bool:
        """Whether one of the words stands in the same clause, at most `reach` tokens before the hit."""
        return any(
            word.end <= hit.start
            and hit.start - word.end < reach
            and not self._parted(word.end - 1, hit.start)
            for word in words
        )

    def _after(self, words: list[Hit], hit: Hit) -> bool:
        return any(
            hit.end <= word.start and self._document.words_between(hit.end, word.start) < DENIAL_REACH
            for word in words
        )

    def _is_provisional(self, hit: Hit) -> bool:
        """Whether its finding is a preliminary one; "interim measures" are not."""
        return any(not hit.start <= word.start < hit.end for word in self._near(hit, "provisional"))

    def _is_announced(self, hit: Hit) -> bool:
        """Whether a party only says that it will appeal; in a headline that is the news."""
        words = self._near(hit, "announced")
        return hit.field > 0 and (_shared(words, hit) or self._before(words, hit, EXPECT_REACH))

    def _is_bench(self, hit: Hit) -> bool:
        """Whether it is a word for a court or a judge."""
        return any(word.start <= hit.start < word.end for word in self._near(hit, "bench"))

    def _allows_a_raid(self, hit: Hit) -> bool:
        """Whether a court is named that let officials in: "avec l'aval d'un juge, les agents ont saisi …"."""
        return self._is_bench(hit) and self.hits.word_in("raid", hit.sentence - 2, hit.sentence + 1)

    def _is_bare_order(self, hit: Hit) -> bool:
        """Whether it is but a verb for an order, and no authority gives it: "The cheque obliges one to …"."""
        object_words = self._document.tokens[hit.start + 1 : hit.end]
        if any(len(word) > PREPOSITION for word in object_words) or not any(
            word[1:3] == hit[1:3] for word in self._near(hit, "order")
        ):
            return False
        return not any(
            word.start < hit.start or not self._parted(hit.end - 1, word.start)
            for word in _around(self.hits.of("regulators"), hit)
        )

    def _asks_for_papers(self, hit: Hit) -> bool:
        """Whether it is the word for an order, and what is ordered is to hand over information."""
        if not any(word.start <= hit.start < word.end for word in self._near(hit, "order")):
            return False
        papers = any(0 <= word.start - hit.end < PAPERS_REACH for word in self._near(hit, "papers"))
        return papers or any(
            word.apart and word.start <= hit.start and hit.end <= word.end
            for word in self._near(hit, "inquiry")
        )

    def _acts(self, hit: Hit) -> bool:
        """Whether an authority stands beside a word that alone reports its act; in a headline, in its clause."""
        authorities = self.hits.of("regulators")
        if hit.field == 0 and not (authorities and authorities[0].field == 0):  # in order of position
            return bool(authorities) and authorities[0].field == 1
        before, after = (TITLE_REACH, ACT_REACH) if hit.field == 0 else (ACT_REACH, -1)
        return any(
            self._apart(word, hit) <= (before if word.start < hit.start else after)
            for word in _around(authorities, hit)
        )

    def _apart(self, word: Hit, hit: Hit) -> float:
        """Return how many words stand between two hits of a sentence; no end of them where a comma does too."""
        left, right = (word, hit) if word.start < hit.start else (hit, word)
        if right.start < left.end:
            return 0
        if self._language not in TOPIC_COMMA and self._document.parted(left.end - 1, right.start):
            return math.inf
        return self._document.words_between(left.end, right.start)


def _around(words: list[Hit], hit: Hit) -> list[Hit]:
    """Return those of many words, in order of position, that stand near a hit in its sentence."""
    low = bisect_left(words, hit.start - WINDOW, key=_start)
    high = bisect_left(words, hit.end + WINDOW, lo=low, key=_start)
    return [word for word in words[low:high] if word.sentence == hit.sentence]


def _start(word: Hit) -> int:
    return word.start


def _shared(words: list[Hit], hit: Hit) -> bool:
    """Whether one of the words runs into the hit: "ouvre la voie à une enquête", "raises questions", "should look at"."""
    return any(
        word.start <= hit.start < word.end
        and (word.start < hit.start or hit.end <= word.end or (hit.apart and word.end - word.start > 1))
        for word in words
    )
