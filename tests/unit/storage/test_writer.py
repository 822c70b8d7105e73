"""One poll, one transaction: what it writes and what the planner reads back."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

from storage.maintenance import check
from storage.records import Feedback, FeedState, NewRevision, NewStep, RawFetch, Silence, Step
from storage.words import Stage
from tests.unit.storage.make import (
    MATTER,
    MINUTE,
    NOW,
    a_reader,
    a_store,
    article,
    delivery,
    enqueue,
    facts,
    hit,
    matter,
    new,
    poll,
    save,
)


def test_a_poll_is_written_whole(tmp_path: Path) -> None:
    """Validators, article, hit, matter, step, delivery and source stand after one transaction."""
    step = Step(matter=MATTER, stage=Stage.INQUIRY, reason="opened", at=NOW, happened_at=None, confirmed=True)
    plan = poll(
        new("a1", hit()),
        matters=(matter(),),
        steps=(NewStep(step=step, article_key="guid:a1"),),
        deliveries=(delivery("d1", matter=MATTER, article_keys=("guid:a1",)),),
        authority="cma",
    )
    with a_store(tmp_path) as store:
        save(store, plan)
        assert store.feed_states()["wire"].etag == '"e1"'
        with a_reader(store) as reader:
            found = reader.hit(1)
            assert found is not None
            assert found.facts == facts()
            assert (found.url, found.matter, found.matched_at) == (article().url, MATTER, NOW)
            assert [s.step for s in reader.steps(MATTER)] == [step]
            assert reader.steps(MATTER)[0].article_id == 1
            assert [d.key for d in reader.deliveries_of_hit(found)] == ["d1"]
            assert [(s.publisher, s.official) for s in reader.sources(MATTER)] == [("wire", True)]


def test_a_revision_is_stored_beside_the_first_version(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        save(store, poll(new("a1", hit())))
        changed = article("a1", title="New title", digest="d2")
        save(store, poll(revisions=(NewRevision(id=1, article=changed, hits=(hit(),)),), at=NOW + MINUTE))
        with a_reader(store) as reader:
            assert [r.title for r in reader.revisions(1)] == ["Title of a1", "New title"]
            assert [(h.revision, h.title) for h in reader.hits_of_article(1)] == [
                (0, "Title of a1"),
                (1, "New title"),
            ]
            latest = reader.article(1)
        assert latest is not None
        assert (latest.article.title, latest.revision, latest.first_seen_at) == ("New title", 1, NOW)
        with store.writing() as tx:
            (known,) = tx.known_articles("wire", ["guid:a1"])
        assert (known.digest, known.revision, known.rules_hit) == ("d2", 1, frozenset({"cma-tie"}))


def test_articles_are_known_by_any_of_their_keys_and_aliases_in_their_own_feed(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        save(store, poll(new("a1"), new("a2")))
        save(store, poll(aliases={1: ("guid:other",)}))
        with store.writing() as tx:
            assert [k.id for k in tx.known_articles("wire", ["guid:other"])] == [1]
            assert [k.id for k in tx.known_articles("wire", ["guid:a2", "guid:a1", "guid:zz"])] == [1, 2]
            assert tx.known_articles("other-feed", ["guid:a1"]) == ()


def test_more_keys_than_one_statement_takes_are_looked_up(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        save(store, poll(*(new(f"a{i}") for i in range(30))))
        with store.writing() as tx:
            assert len(tx.known_articles("wire", [f"guid:a{i}" for i in range(40_000)])) == 30


def test_links_elsewhere_are_those_of_other_feeds(tmp_path: Path) -> None:
    link = "https://news.example/a1"
    with a_store(tmp_path) as store:
        save(store, poll(new("a1")))
        with store.writing() as tx:
            assert tx.links_elsewhere("other", [link, "https://x.example", ""]) == {link}
            assert tx.links_elsewhere("wire", [link]) == frozenset()


def test_the_same_alert_is_written_once(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        enqueue(store, delivery("k"))
        enqueue(store, delivery("k"), delivery("k2"))
        with a_reader(store) as reader:
            assert [d.key for d in reader.deliveries()] == ["k2", "k"]


def test_one_rule_gives_one_hit_a_text(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        save(store, poll(new("a1", hit("r"), hit("r"), hit("s"))))
        with a_reader(store) as reader:
            assert [h.rule for h in reader.hits_of_article(1)] == ["r", "s"]


def test_merged_matters_hand_over_all_they_have(tmp_path: Path) -> None:
    """Hits, steps, sources and deliveries move; the old key leads to the new matter, through several merges."""
    case, last = "ec:case:M.1", "ec:case:M.2"
    step = Step(matter=MATTER, stage=None, reason="opened", at=NOW, happened_at=None, confirmed=False)
    with a_store(tmp_path) as store:
        save(
            store,
            poll(
                new("a1", hit()),
                matters=(matter(), matter(case), matter(last)),
                steps=(NewStep(step=step, article_key="guid:a1"),),
                deliveries=(delivery("d", matter=MATTER),),
            ),
        )
        save(store, poll(matters=(dataclasses.replace(matter(), merged_into=case),)))
        save(store, poll(matters=(dataclasses.replace(matter(case), merged_into=last),)))
        with store.writing() as tx:
            assert [m.key for m in tx.matters()] == [last]
            assert tx.parents(last) == {"#news"}
        with a_reader(store) as reader:
            for key in (MATTER, case, last):
                found = reader.matter(key)
                assert found is not None
                assert found.key == last
            assert reader.hits_of_article(1)[0].matter == last
            assert len(reader.steps(last)) == len(reader.sources(last)) == 1
        assert not [f for f in check(store) if f.problems]


def test_the_fetch_behind_a_hit_is_kept_once_for_each_content(tmp_path: Path) -> None:
    raw = RawFetch(url="https://f.example", fetched_at=NOW, body=b"<rss/>" * 50, headers={"etag": "x"})
    with a_store(tmp_path) as store:
        save(store, poll(new("a0")), raw=raw)
        save(store, poll(new("a1", hit())), raw=raw)
        save(store, poll(new("a2", hit())), raw=dataclasses.replace(raw, fetched_at=NOW + MINUTE))
        with a_reader(store) as reader:
            first, second = reader.evidence(1)[0], reader.evidence(2)[0]
            assert first.sha256 == second.sha256
            assert reader.raw(first.sha256) == raw.body
            assert dict(first.headers) == {"etag": "x"}
            assert reader.counts()["evidence"] == 2


def test_silences_hold_between_their_moments_and_count_what_they_hid(tmp_path: Path) -> None:
    silence = Silence(
        id=0, author="me", reason="noise", created_at=NOW, until=NOW + timedelta(days=1), rule="r"
    )
    with a_store(tmp_path) as store:
        with store.writing() as tx:
            number = tx.add_silence(silence)
        save(store, poll(hidden={number: 3}))
        with store.writing() as tx:
            assert [(s.rule, s.hidden) for s in tx.silences(NOW)] == [("r", 3)]
            assert tx.silences(NOW + timedelta(days=2)) == ()
            assert [s.id for s in tx.ended_silences(NOW + timedelta(days=2))] == [number]
            tx.told_silence_end(number)
            assert tx.ended_silences(NOW + timedelta(days=2)) == ()
            assert tx.end_silence(number, NOW + MINUTE)
            assert not tx.end_silence(number, NOW + MINUTE)


def test_what_people_say_of_a_hit_is_kept(tmp_path: Path) -> None:
    said = Feedback(hit_id=1, mark="relevant", author="ada", at=NOW, note="good")
    with a_store(tmp_path) as store:
        save(store, poll(new("a1", hit())))
        with store.writing() as tx:
            assert tx.add_feedback(said)
            assert not tx.add_feedback(dataclasses.replace(said, hit_id=9))
        with a_reader(store) as reader:
            assert reader.feedback(1) == (said,)


def test_posts_are_counted_since_a_moment_and_edits_are_not(tmp_path: Path) -> None:
    from storage.words import DeliveryAction

    with a_store(tmp_path) as store:
        enqueue(store, delivery("old"), at=NOW - timedelta(hours=1))
        enqueue(
            store,
            delivery("new"),
            delivery("edit", action=DeliveryAction.UPDATE),
            delivery("there", "#other"),
        )
        with store.writing() as tx:
            assert tx.posts_since("#news", NOW - MINUTE) == 1


def test_an_unchanged_body_does_not_rewrite_its_item_digests(tmp_path: Path) -> None:
    state = FeedState(feed="wire", item_digests=frozenset(f"{i:016x}" for i in range(500)))
    with a_store(tmp_path) as store:
        save(store, poll(state=state))
        with store.writing() as tx:
            before = tx.connection.total_changes
            tx.save_poll(poll(state=dataclasses.replace(state, outcome="not-modified")))
            assert tx.connection.total_changes - before == 1
        assert store.feed_states()["wire"].item_digests == state.item_digests


def test_text_that_sqlite_refuses_does_not_lose_the_poll(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        save(store, poll(new("a1", hit(), title="bad \ud800 \0 title")))
        with a_reader(store) as reader:
            assert reader.hits_of_article(1)[0].title == "bad ?  title"
