"""The lexicon: what is shipped, and that a broken one is refused with everything wrong at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.errors import InvalidFiles
from bot.matching.lexicon_file import FILES, load_lexicon
from bot.matching.lexicon_schema import schema_text
from tests.unit.matching.rules_of import RULES, lexicon

AUTHORITIES = "ftc cma ec doj bundeskartellamt autorite agcm jftc kftc cci accc cade samr cnmc acm"
COMPANIES = """
    amazon microsoft google meta apple nvidia oracle ibm salesforce coreweave softbank openai anthropic mistral
    inflection cohere xai stability aleph-alpha character-ai adept perplexity scale-ai hugging-face databricks g42
    deepseek broadcom amd intel arm samsung sap qualcomm runway covariant windsurf ssi thinking-machines
"""


def test_the_shipped_lexicon_knows_whom_it_must() -> None:
    """Every authority and company that hits are labelled with is there, and listed."""
    assert [key for key, entry in lexicon().regulators.items() if entry.listed] == AUTHORITIES.split()
    assert [key for key, entry in lexicon().companies.items() if entry.listed] == COMPANIES.split()
    assert len(lexicon().companies) >= 55
    assert len(lexicon().regulators) >= 18


def test_groups_have_members() -> None:
    """Rules ask for companies by group."""
    assert {"amazon", "microsoft", "google", "coreweave"} <= lexicon().companies_of("cloud")
    assert {"openai", "anthropic", "mistral"} <= lexicon().companies_of("ai-lab")
    assert lexicon().companies_of("no-such-group") == frozenset()


def write(directory: Path, **files: str) -> Path:
    for stem in FILES:
        text = files.get(stem.replace("-", "_"), f"- {{id: {stem}, terms: [y]}}\n")
        (directory / f"{stem}.yaml").write_text(text, encoding="utf-8")
    return directory


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    """Each with its place, and a suggestion where one is near."""
    directory = write(
        tmp_path,
        regulators="- {id: a, terms: [{text: CMA, nedds: [UK]}]}\n- {id: a, terms: ['…']}\n",
        companies="- {id: b, groups: [clod], terms: [B]}\n",
        topics="- {id: c, effect: exclud, terms: [C]}\n",
        subjects="- {id: d, any: [[ai-marked]]}\n",
        words="- {id: ai-market, terms: [AI]}\n",
    )
    with pytest.raises(InvalidFiles) as caught:
        load_lexicon(directory)
    text = str(caught.value)
    assert 'regulators.yaml:1:31: unknown key "nedds"' in text
    assert 'did you mean "needs"?' in text
    assert 'the id "a" a second time' in text
    assert "no letter or digit" in text
    assert 'unknown group "clod"' in text
    assert "exclud" in text
    assert 'unknown part "ai-marked"' in text


def test_a_reference_to_no_list_is_refused(tmp_path: Path) -> None:
    """`list:` must name an entry of words.yaml."""
    directory = write(tmp_path, companies="- {id: b, terms: [{text: B, needs: [list:clowd]}]}\n")
    with pytest.raises(InvalidFiles, match='no word list "clowd"'):
        load_lexicon(directory)


def test_a_missing_or_unknown_file_is_told(tmp_path: Path) -> None:
    """All files must be there, and no others."""
    directory = write(tmp_path)
    (directory / "topics.yaml").unlink()
    (directory / "topic.yaml").write_text("- {id: x, terms: [y]}\n", encoding="utf-8")
    with pytest.raises(InvalidFiles) as caught:
        load_lexicon(directory)
    assert "topics.yaml: cannot be read" in str(caught.value)
    assert "an unknown name" in str(caught.value)


def test_the_lexicon_s_schema_is_current() -> None:
    """The checked-in copy is what the loader's own words generate."""
    checked_in = RULES / "schema" / "lexicon.schema.json"
    assert checked_in.read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("stem", list(FILES))
def test_every_lexicon_file_names_its_schema(stem: str) -> None:
    """Editors complete by the first line."""
    first = (RULES / "lexicon" / f"{stem}.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../schema/lexicon.schema.json"


def test_what_a_pattern_and_a_made_up_list_refer_to_must_exist(tmp_path: Path) -> None:
    """Lists in a pattern, after a minus and under `of`; a list that is made of others stands under none."""
    directory = write(
        tmp_path,
        stages='- {id: s, terms: ["<opn> .. <probe -stdy>", "<opens> .. c"]}\n',
        words="- {id: one, of: [two]}\n- {id: two, of: [opens]}\n- {id: opens, terms: [a .. b]}\n",
    )
    with pytest.raises(InvalidFiles) as caught:
        load_lexicon(directory)
    text = str(caught.value)
    assert 'no word list "opn"' in text
    assert 'no word list "stdy"' in text
    assert '"two" under `of` is made of other lists itself' in text
    assert '"opens" has terms with gaps or lists' in text


def test_a_stage_that_is_none_is_refused(tmp_path: Path) -> None:
    """It would pass every example, and then end the poll of each feed that has such an article."""
    directory = tmp_path / "lexicon"
    shutil.copytree(RULES / "lexicon", directory)
    file = directory / "stages.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("- id: litigation\n", "- id: litigatoin\n"), "utf-8"
    )
    with pytest.raises(InvalidFiles) as caught:
        load_lexicon(directory)
    missing, unknown = (str(problem) for problem in caught.value.problems)
    assert '"litigatoin" is no stage and no shade' in unknown
    assert 'did you mean "litigation"?' in unknown
    assert 'no entry "litigation"' in missing
