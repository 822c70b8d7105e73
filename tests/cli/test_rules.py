"""`regwatch rules`: exit codes, the match contract, diff between folders and revisions, history."""

from __future__ import annotations

import io
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.matching.lexicon_file import FILES
from storage.records import Feedback, FeedState
from tests.unit.storage.make import NOW, a_store, hit, new, poll, save

RULE = "- id: r\n  kind: signal\n  when: {}\n  examples: {{match: [x1 y1], no_match: [z1]}}\n"
LEXICON = {
    "regulators": "- {id: cma, terms: [CMA]}\n",
    "companies": "- {id: amazon, groups: [cloud], terms: [Amazon]}\n- {id: anthropic, groups: [ai-lab], terms: [Anthropic]}\n",
    "words": "- {id: competition, terms: [merger inquiry]}\n",
    "subjects": "- {id: ai-tie, any: [[tie]], reach: passage}\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return rules_folder(tmp_path / "rules", "x1")


def rules_folder(path: Path, condition: str) -> Path:
    (path / "lexicon").mkdir(parents=True)
    for stem in FILES:
        (path / "lexicon" / f"{stem}.yaml").write_text(LEXICON.get(stem, "[]\n"), encoding="utf-8")
    (path / "r.yaml").write_text(RULE.format(condition), encoding="utf-8")
    return path


def run(*words: str | Path) -> int:
    return main(["rules", *map(str, words)])


def test_match_writes_one_object_a_line_in_order(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """HTML in, spans of the raw field out."""
    rows = [{"id": "a", "title": "no"}, {"id": "b", "title": "", "summary": "", "body": "<b>x</b>1 &amp; x1"}]
    path = folder.parent / "items.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert run("match", path, "--rules", folder) == 0
    out = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [row["id"] for row in out] == ["a", "b"]
    assert [row["label"] for row in out] == ["none", "signal"]
    assert (out[0]["level"], out[0]["stage"], out[0]["spans"]) == (None, None, [])
    for span in out[1]["spans"]:
        assert rows[1]["body"][span["start"] : span["end"]] == span["text"]


def test_match_names_a_bad_line_and_goes_on(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = folder.parent / "items.jsonl"
    path.write_text('{"id": 1, "title": "x1"}\nnonsense\n{"id": 2, "title": "x1"}\n', encoding="utf-8")
    assert run("match", path, "--rules", folder) == 1
    said = capfd.readouterr()
    assert len(said.out.splitlines()) == 2
    assert "items.jsonl:2: not JSON" in said.err


def test_match_reads_standard_input(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"id": 7, "title": "x1"}\n')))
    assert run("match", "-", "--rules", folder) == 0
    assert json.loads(capfd.readouterr().out)["id"] == 7


def test_lint_is_clean_then_fails_then_refuses(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("lint", "--rules", folder) == 0
    (folder / "r.yaml").write_text("- id: r\n  when: x1\n", encoding="utf-8")
    assert run("lint", "--rules", folder) == 1
    (folder / "r.yaml").write_text("- id: r\n  whn: x1\n", encoding="utf-8")
    assert run("lint", "--rules", folder) == 2
    assert 'r.yaml:2:3: unknown key "whn"' in capfd.readouterr().err


def test_test_runs_the_examples(folder: Path) -> None:
    assert run("test", "--rules", folder) == 0
    (folder / "r.yaml").write_text(RULE.format("z1"), encoding="utf-8")
    assert run("test", "--rules", folder) == 1
    assert run("test", "nope", "--rules", folder) == 2


def test_explain_names_the_clause_that_failed(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("explain", "--title", "an x1", "--rules", folder) == 0
    assert "[x1]" in capfd.readouterr().out
    assert run("explain", "--title", "nothing", "--rules", folder) == 1
    assert "text: x1" in capfd.readouterr().out


def test_eval_prints_figures_as_json(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = folder.parent / "gold.jsonl"
    path.write_text('{"id": 1, "title": "x1", "label": "signal", "lang": "en"}\n', encoding="utf-8")
    assert run("eval", path, "--format", "json", "--rules", folder) == 0
    figures = json.loads(capfd.readouterr().out)
    assert figures["accuracy"] == 1.0
    assert figures["labels"]["signal"]["f1"] == 1.0
    assert run("eval", path, "--rules", folder, "--errors") == 0


def test_diff_fails_when_a_live_hit_is_lost(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    other = rules_folder(folder.parent / "other", "{all: [x1, y1]}")
    path = folder.parent / "items.jsonl"
    path.write_text('{"id": "a7", "title": "x1"}\n', encoding="utf-8")
    assert run("diff", folder, other, "--file", path, "--rules", folder) == 1
    assert "a7 medium -> -: x1" in capfd.readouterr().out
    assert run("diff", other, folder, "--file", path, "--rules", folder) == 0


def test_diff_reads_a_git_revision(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    git = ["git", "-C", str(folder.parent), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for words in (["init", "-q"], ["add", "rules"], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *words], check=True, capture_output=True)
    (folder / "r.yaml").write_text(RULE.format("z1"), encoding="utf-8")
    path = folder.parent / "items.jsonl"
    path.write_text('{"id": "a7", "title": "x1"}\n', encoding="utf-8")
    assert run("diff", "HEAD", "rules", "--file", path, "--rules", folder) == 1
    assert "1 live hits would be lost" in capfd.readouterr().out
    assert run("diff", "--file", path, "--rules", folder, "no-such-revision", "rules") == 2


@pytest.mark.parametrize("action", ["backtest", "stats", "near-misses"])
def test_history_is_missing_until_the_bot_ran(
    folder: Path, action: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(action, "--rules", folder) == 1
    assert "regwatch run --once" in capfd.readouterr().err


def test_schemas_are_written(folder: Path) -> None:
    assert run("schema", "--write", "--rules", folder) == 0
    assert {path.name for path in (folder / "schema").iterdir()} == {
        "rules.schema.json",
        "lexicon.schema.json",
        "feeds.schema.json",
    }


# ---------------------------------------------------------------------------- stored history


@pytest.fixture
def history(folder: Path) -> Path:
    """Return the rules of a bot that has three articles and two hits, one of them marked not relevant."""
    with a_store(folder.parent) as store:
        save(store, poll(new("n1", hit("r"), title="x1 of old"), new("n2", hit("r"), title="x1 again")))
        save(store, poll(new("n3", title="CMA report on trains", summary="Amazon invests in Anthropic.")))
        with store.writing() as tx:
            tx.add_feedback(Feedback(hit_id=1, mark="not-relevant", author="U1", at=NOW))
            tx.add_feedback(Feedback(hit_id=2, mark="relevant", author="U1", at=NOW))
    (folder.parent / "regwatch.yaml").write_text("database: sqlite:///watch.db\n", encoding="utf-8")
    return folder


def said(capfd: pytest.CaptureFixture[str], *words: str | Path) -> str:
    capfd.readouterr()
    assert run(*words) == 0
    return capfd.readouterr().out


SINCE = ("--since", "2026-01-01")


def test_backtest_counts_what_each_rule_would_hit(history: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = json.loads(said(capfd, "backtest", "--rules", history, *SINCE, "--format", "json"))
    assert out["articles"] == 3
    assert out["rules"]["r"] == {"hits": 2, "samples": ["x1 of old", "x1 again"]}


def test_stats_tell_volume_last_hit_and_precision(history: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (row,) = json.loads(said(capfd, "stats", "--rules", history, *SINCE, "--format", "json"))
    assert (row["hits"], row["relevant"], row["not_relevant"], row["precision"]) == (2, 1, 1, 0.5)
    assert row["last_hit"] == "2026-03-02T09:30:00Z"


def test_refused_hits_are_offered_as_examples(history: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = said(capfd, "stats", "--suggest", "--rules", history)
    assert '      - "x1 of old"' in out
    assert "x1 again" not in out


def test_near_misses_are_grouped_by_clause(history: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (history / "r.yaml").write_text(RULE.format("{all: [{company: amazon}, x1]}"), encoding="utf-8")
    groups = json.loads(said(capfd, "near-misses", "--rules", history, *SINCE, "--format", "json"))
    assert [(g["clause"], g["count"]) for g in groups] == [("company: amazon", 2), ("text: x1", 1)]
    assert [article["title"] for article in groups[1]["articles"]] == ["CMA report on trains"]
    assert "CMA report on trains" in said(capfd, "near-misses", "--rules", history, *SINCE)


@pytest.mark.parametrize("name", ["1", "#1", "https://news.example/n1?utm=1"])
def test_a_stored_article_is_explained(history: Path, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert "MATCH  r: signal, medium" in said(capfd, "explain", name, "--rules", history)


def test_diff_reads_stored_history(history: Path, capfd: pytest.CaptureFixture[str]) -> None:
    other = rules_folder(history.parent / "other", "{all: [x1, again]}")
    assert run("diff", history, other, "--rules", history, *SINCE) == 1
    out = capfd.readouterr().out
    assert "#1 medium -> -: x1 of old" in out
    assert "again" not in out


def watched_since(history: Path, begun: datetime) -> None:
    with a_store(history.parent) as store:
        save(store, poll(state=FeedState(feed="wire", checked_at=NOW, ok_at=NOW, baseline_at=begun)))


def test_lint_tells_rules_that_never_hit_in_a_month_of_history(
    history: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """In a younger one that says nothing, and would hide the errors."""
    (history / "s.yaml").write_text(RULE.format("y1").replace("id: r", "id: s"), encoding="utf-8")
    watched_since(history, datetime(2999, 1, 1, tzinfo=UTC))
    assert "never-hit" not in said(capfd, "lint", "--rules", history)
    watched_since(history, datetime(2020, 1, 1, tzinfo=UTC))
    out = said(capfd, "lint", "--rules", history)
    assert 's.yaml:1:3: warning [never-hit] the rule "s"' in out
    assert out.count("never-hit") == 1


@pytest.mark.parametrize("text", ["", "# nothing left\n", "[]\n"])
def test_lint_warns_of_a_rule_file_without_a_rule(
    folder: Path, text: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """It may be all that is left of a slip."""
    (folder / "s.yaml").write_text(text, encoding="utf-8")
    assert "s.yaml: warning [empty-file] the file holds no rule." in said(capfd, "lint", "--rules", folder)
    assert run("lint", "--strict", "--rules", folder) == 1


@pytest.mark.parametrize("name", ["my.YAML", "team/my.yaml", "lexicon/more/my.yml"])
def test_lint_warns_of_a_file_that_nothing_reads(
    folder: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """An ending in capitals, or a folder of its own."""
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("- {id: s, when: x1}\n", encoding="utf-8")
    assert f"{name}: warning [never-read] the file is never read." in said(capfd, "lint", "--rules", folder)


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("s.yaml", "- id: s\n  when: {text: [a\n", "s.yaml:2:"),
        ("s.yaml", "- {id: s, when: x1, levle: high}\n", "s.yaml:1:21:"),
        ("feeds.yaml", "- {id: a}\n", "feeds.yaml:1:3:"),
    ],
    ids=["syntax", "key", "feeds"],
)
def test_a_broken_file_does_not_hide_what_is_wrong_in_others(
    folder: Path, name: str, text: str, place: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """The example that fails is told with the fault of another file, and the exit code is that of the fault."""
    (folder / "r.yaml").write_text(RULE.format("y2"), encoding="utf-8")
    (folder / name).write_text(text, encoding="utf-8")
    assert run("lint", "--rules", folder) == 2
    out, err = capfd.readouterr()
    assert "r.yaml:4:22: error [example-fails]" in out
    assert place in err
    assert run("lint", "--rules", folder, "--format", "json") == 2
    rows = json.loads(capfd.readouterr().out)
    assert [row["code"] for row in rows] == ["invalid", "example-fails"]


def test_a_broken_lexicon_does_not_hide_a_broken_rule_file(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "lexicon/topics.yaml").write_text("- {id: a\n", encoding="utf-8")
    (folder / "r.yaml").write_text("- id: r\n\twhen: x1\n", encoding="utf-8")
    assert run("lint", "--rules", folder) == 2
    err = capfd.readouterr().err
    assert "topics.yaml:1:3: not YAML" in err
    assert "r.yaml:2:1: not YAML: a tab" in err


def test_explain_refuses_a_feed_that_nobody_has(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Its authority would be missing from the answer without a word."""
    words = ["rules", "explain", "--rules", str(folder), "--title", "x", "--feed", "ftc-pres"]
    assert main(words) == 2
    assert "there is no such feed" in capfd.readouterr().err


def test_suggestions_are_yaml_and_nothing_else(history: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A script that asks for JSON is told, not given comments."""
    assert main(["rules", "stats", "--suggest", "--format", "json", "--rules", str(history)]) == 2
    assert "leave --format out" in capfd.readouterr().err
