"""Search: folding, scripts, the query language, filters, and an index that keeps up."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.errors import StorageError
from storage.fold import folded, folded_with_map
from storage.hit_filter import KINDS, LEVELS, STAGES, STATUSES, By, HitFilter
from storage.maintenance import rebuild_indexes
from storage.reader import open_reader
from storage.records import Amount
from storage.search_query import parse
from storage.words import Kind, Level, RuleStatus, Stage
from tests.unit.storage.make import MINUTE, NOW, a_reader, a_store, hit, matter, new, poll, save

TITLES = {
    1: "La Commission ouvre une enquête sur Amazon",
    2: "公正取引委員会がOpenAIを調査",
    3: "공정거래위원회, 마이크로소프트 조사",
    4: "ΈΡΕΥΝΑ της Επιτροπής",
    5: "ФАС начала расследование",
    6: "Amazon rainforest shrinks",
    7: "CMA merger inquiry: Microsoft and OpenAI",
    8: "Inquiry into a merger by the CMA",
    9: "Straße, Ørsted and ISTANBUL ılık",
}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("enquete", {1}),
        ("ENQUÊTE amazon", {1}),
        ("取引", {2}),
        ("委員会がOpenAI", {2}),
        ("引取", set()),
        ("위원", {3}),
        ("έρευνα", {4}),
        ("РАССЛЕДОВАНИЕ", {5}),
        ("amazon -rainforest", {1}),
        ("-amazon -cma -openai 調査", set()),
        ('"merger inquiry"', {7}),
        ("merger inquiry", {7, 8}),
        ("amazon OR microsoft", {1, 6, 7}),
        ("amazon OR microsoft openai", {7}),
        ("title:openai", {2, 7}),
        ("body:openai", set()),
        ("-title:openai inquiry", {8}),
        ("inqui*", {7, 8}),
        ("strasse orsted", {9}),
        ("istanbul ilik", {9}),
        ("micro-soft", set()),
        ("!!! ???", set()),
        ("", set(TITLES)),
        ("OR", set(TITLES) - set(TITLES)),
        ("OR amazon OR", {1, 6}),
        ('amazon "', {1, 6}),
        ("summary:summary cma", {7, 8}),
    ],
)
def test_a_query_finds_what_it_says(tmp_path: Path, query: str, found: set[int]) -> None:
    with a_store(tmp_path) as store:
        save(store, poll(*(new(f"a{n}", hit(), title=title) for n, title in TITLES.items())))
        with a_reader(store) as reader:
            page = reader.hits(HitFilter(query=parse(query)))
            assert {one.article_id for one in page.hits} == found
            assert page.total == len(found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L'enquête", "l enquete"),
        ("ＯｐｅｎＡＩ", "openai"),
        ("e\u0301te\u0301", "ete"),
        ("soft\u00adware", "software"),
        ("ガイド", "ガ イ ド"),
        ("M.11766", "m 11766"),
        ("p\u0430rt\u0435nariat", "partenariat"),  # Cyrillic а and е
        ("\u039fpen\u0391I gpt4\u043e", "openai gpt4o"),  # Greek Ο and Α, Cyrillic о
        ("партнерcтво", "партнерство"),  # Latin c
        ("о партнерстве", "о партнерстве"),
    ],
)
def test_text_is_folded(text: str, words: str) -> None:
    assert folded(text) == words


def test_folded_words_know_where_they_stood() -> None:
    words, places = folded_with_map("Une ENQUÊTE 調査")
    assert words == ["une", "enquete", "調", "査"]
    assert places == [(0, 3), (4, 11), (12, 13), (13, 14)]


def test_a_word_with_a_letter_of_another_script_keeps_its_place() -> None:
    words, places = folded_with_map("un p\u0430rtenariat")
    assert (words, places) == (["un", "partenariat"], [(0, 2), (3, 14)])


@pytest.mark.parametrize(
    "query", ["partenariat", "p\u0430rtenariat", "p\u0430rten*", '"un p\u0430rtenariat"']
)
def test_a_look_alike_letter_hides_no_word_in_text_or_query(tmp_path: Path, query: str) -> None:
    """One title is spelt with a Cyrillic а, the other is not; either spelling finds both."""
    titles = ("Un p\u0430rtenariat", "Un partenariat")
    with a_store(tmp_path) as store:
        save(store, poll(*(new(f"a{n}", hit(), title=title) for n, title in enumerate(titles))))
        with a_reader(store) as reader:
            assert reader.hits(HitFilter(query=parse(query))).total == 2


def test_an_index_of_an_older_fold_is_built_anew_when_the_database_is_opened(tmp_path: Path) -> None:
    """Words are taken from the stored texts; what the old index held is gone."""
    with a_store(tmp_path) as store:
        save(store, poll(new("a1", hit(), title="Un p\u0430rtenariat")))
        store.index_pending()
    with closing(sqlite3.connect(tmp_path / "watch.db")) as old, old:
        for table in ("search_hits", "search_all"):
            old.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")  # names of ours
            old.execute(
                f"INSERT INTO {table} (rowid, title, summary, body) VALUES (1, 'un p\u0430rtenariat', '', '')"
            )
        old.execute("UPDATE meta SET value = '1/15.0.0' WHERE key = 'fold'")
    with a_store(tmp_path) as store, a_reader(store) as reader:
        found = HitFilter(query=parse("partenariat"))
        assert reader.hits(found).total == 1
        assert store.index_pending() == 1


def test_filters_narrow_and_page_and_count(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        save(
            store,
            poll(
                new("a1", hit("r1", regulators=("ftc",), stage=Stage.CONCERN, amounts=()), language="en"),
                new("a2", hit("r2", companies=("openai",), stage=Stage.DECISION), language="fr-be"),
                new(
                    "a3", hit("r1", amounts=(Amount(value=9, currency="EUR", kind="valuation"),), matter=None)
                ),
                matters=(matter(),),
            ),
        )
        with a_reader(store) as reader:

            def found(**words: object) -> list[int]:
                page = reader.hits(HitFilter(**words))  # type: ignore[arg-type] # words vary
                return [h.article_id for h in page.hits]

            assert found() == [3, 2, 1]
            assert found(regulators=("ftc",)) == [1]
            assert found(regulators=("ftc", "cma"), companies=("openai",)) == [2]
            assert found(rules=("r1",), sort="oldest") == [1, 3]
            assert found(stages=("inquiry+",)) == [3, 2]
            assert found(levels=("critical",)) == []
            assert found(languages=("fr",)) == [2]
            assert found(min_amount=1_000_000_000) == [2]
            assert found(min_amount=1) == [2]
            assert found(min_amount=4_000_000_000, currency="USD") == [2]
            assert found(min_amount=1, currency="EUR") == []
            assert found(matters=("1",)) == [2, 1]
            assert found(sort="stage") == [2, 3, 1]
            assert found(limit=1, offset=1) == [2]
            assert found(since=NOW, until=NOW + MINUTE) == [3, 2, 1]
            assert found(until=NOW) == []
            assert reader.hits(HitFilter(limit=1)).total == 3


def test_by_published_counts_an_undated_article_from_when_it_was_seen(tmp_path: Path) -> None:
    long_ago = NOW - timedelta(days=900)
    with a_store(tmp_path) as store:
        save(store, poll(new("a1", hit(), published_at=long_ago), new("a2", hit())))
        with a_reader(store) as reader:
            early = HitFilter(until=NOW - MINUTE, by=By.PUBLISHED)
            assert [h.article_id for h in reader.hits(early).hits] == [1]
            assert [h.article_id for h in reader.hits(HitFilter(since=NOW, by=By.PUBLISHED)).hits] == [2]
            assert reader.hits(HitFilter(since=NOW, by=By.MATCHED)).total == 2


def test_an_article_search_sees_what_the_index_has_not_reached(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        save(store, poll(new("a1", title="alpha one"), new("a2", title="alpha two")))
        assert store.index_pending(1) == 1
        with a_reader(store) as reader:
            assert [a.id for a in reader.articles(parse("alpha"))] == [2, 1]
            assert [a.id for a in reader.articles(parse("alpha -two"))] == [1]
        assert store.index_pending() == 1
        assert store.index_pending() == 0
        with a_reader(store) as reader:
            assert [a.id for a in reader.articles(parse("alpha"))] == [2, 1]


def test_a_rebuilt_index_finds_the_same(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        save(store, poll(new("a1", hit(), title="enquête"), new("a2", title="enquête")))
        with store.writing() as tx:
            tx.note("fold", "of another version", NOW)
    with a_store(tmp_path) as store:
        with a_reader(store) as reader:
            assert reader.hits(HitFilter(query=parse("enquete"))).total == 1
            assert len(reader.articles(parse("enquete"))) == 2
        rebuild_indexes(store)
        with a_reader(store) as reader:
            assert reader.hits(HitFilter(query=parse("enquete"))).total == 1
            assert len(reader.articles(parse("enquete"))) == 2


def test_the_words_of_filters_are_those_of_the_records() -> None:
    for words, kind in ((KINDS, Kind), (LEVELS, Level), (STAGES, Stage), (STATUSES, RuleStatus)):
        assert words == tuple(kind)


def test_articles_between_two_moments_come_in_order_of_arrival_however_many(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        for number in range(3):
            names = [f"p{number}n{n}" for n in range(400)]
            save(store, poll(*(new(name) for name in names), at=NOW + number * MINUTE))
        with a_reader(store) as reader:
            between = [a.id for a in reader.articles_between(NOW, NOW + 2 * MINUTE)]
            plan = reader._connection.execute(
                "EXPLAIN QUERY PLAN SELECT id FROM articles a WHERE (a.first_seen_at, a.id) > (1, 2)"
                " AND a.first_seen_at < 3 ORDER BY a.first_seen_at, a.id LIMIT 500"
            ).fetchall()
    assert between == list(range(1, 801))
    assert "TEMP B-TREE" not in " ".join(str(row["detail"]) for row in plan)


def test_a_page_and_its_total_are_the_same_whichever_way_they_are_found(tmp_path: Path) -> None:
    """With words and without, on the first page and on later ones."""
    with a_store(tmp_path) as store:
        save(store, poll(*(new(f"a{n}", hit(companies=("openai" if n % 2 else "xai",))) for n in range(30))))
        with a_reader(store) as reader:
            for text in ("", "title", "title -nothing", "-nothing"):
                wanted = HitFilter(query=parse(text), companies=("openai",), regulators=("cma",))
                whole = reader.hits(wanted)
                pages = [reader.hits(wanted._replace(limit=4, offset=offset)) for offset in range(0, 20, 4)]
                assert {page.total for page in [whole, *pages]} == {15}
                assert [h.id for page in pages for h in page.hits] == [h.id for h in whole.hits]
                assert reader.hits(wanted._replace(limit=0)).total == 15


def test_a_database_at_rest_is_read_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup on a read-only share: SQLite makes no file beside it."""
    with a_store(tmp_path) as store:
        save(store, poll(new("a1", hit())))
    monkeypatch.setattr("os.access", lambda *_: False)
    before = {file.name for file in tmp_path.iterdir()}
    with open_reader(tmp_path / "watch.db") as reader:
        assert reader.hits(HitFilter()).total == 1
        assert {file.name for file in tmp_path.iterdir()} == before


def test_a_database_in_a_folder_that_is_closed_is_not_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for everybody but the unit's own user; a first run would make another database."""
    path, stat = tmp_path / "watch.db", os.stat

    def closed(there: Any, **words: Any) -> Any:
        if there == path:
            raise PermissionError(13, "Permission denied")
        return stat(there, **words)

    monkeypatch.setattr("os.stat", closed)
    with pytest.raises(StorageError, match="may not look into; ask as the user that runs regwatch"):
        open_reader(path)
