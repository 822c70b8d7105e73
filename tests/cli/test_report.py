"""`regwatch report` writes one page that loads nothing and can be trusted to show what feeds say as text."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bot.cli.main import main
from tests.unit.history.fill import filled

VOID = {"meta", "br", "link", "img", "input", "hr"}
LOADING = {"src", "srcset", "poster", "data", "action", "formaction", "background", "xlink:href", "ping"}
FORBIDDEN = {
    "script",
    "link",
    "iframe",
    "img",
    "object",
    "embed",
    "base",
    "form",
    "video",
    "audio",
    "use",
    "image",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "chromium-headless-shell")


class Page(HTMLParser):
    """Every tag with its attributes, whether tags are balanced, and the text that people see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.words.append(data)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("past")
    settings, target = str(filled(folder)), folder / "report.html"
    words = ["report", "--since", "2024-03-01", "--until", "2024-03-07", "-o", str(target)]
    assert main([*words, "--config", settings]) == 0
    return target


@pytest.fixture(scope="module")
def text(written: Path) -> str:
    return written.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_nothing_is_loaded_from_elsewhere(page: Page, text: str) -> None:
    """No element that loads, no attribute that does, no style that does; links are links."""
    assert not FORBIDDEN & {tag for tag, _ in page.tags}
    assert not [name for _, attrs in page.tags for name in attrs if name in LOADING]
    assert not [tag for tag, attrs in page.tags if "href" in attrs and tag != "a"]
    assert "url(" not in text
    assert "@import" not in text


def test_the_policy_forbids_everything_but_the_pages_own_style(page: Page, text: str) -> None:
    """By the hash of the one style element; no style attribute and no handler is there to need more."""
    policies = [a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"]
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policies == [
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    ]
    names = {name for _, attrs in page.tags for name in attrs}
    assert not {name for name in names if name == "style" or name.startswith("on")}


def test_links_lead_to_the_web_only(page: Page) -> None:
    """Without telling the other side where they come from."""
    links = [attrs for tag, attrs in page.tags if tag == "a"]
    assert links
    assert all(str(a["href"]).startswith(("https://", "http://")) for a in links)
    assert all("noreferrer" in str(a["rel"]) for a in links)


def test_what_feeds_say_is_text(page: Page, text: str) -> None:
    """A script in a title is shown, not run; control and direction characters are gone."""
    assert "<script>alert(1)</script>" in " ".join(page.words)
    assert "&lt;script&gt;" in text
    assert not {"\x1b", "\u202e"} & set(text)


def test_the_page_is_well_formed(page: Page, text: str) -> None:
    """Tags are balanced, and every chart is sound XML."""
    assert (page.unbalanced, page.open) == ([], [])
    charts = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(charts) > 5
    for chart in charts:
        ET.fromstring(chart)


@pytest.mark.parametrize(
    "words",
    [
        "CMA: Amazon / Anthropic",
        "confirmed by the authority: Invitation to comment opened",
        "9 hits between 1 Mar 2024 00:00 and 8 Mar 2024 00:00 UTC; 2 feeds watched",
        "no authority yet",
        "cma-cases",
        "Hits a day",
    ],
)
def test_the_page_tells(page: Page, words: str) -> None:
    """Matters, steps, the memo, feeds, hits."""
    assert words in " ".join(page.words)


@pytest.mark.parametrize("words", ["prefers-color-scheme:dark", "@media print", "max-width:560px"])
def test_the_page_fits_where_it_is_read(text: str, words: str) -> None:
    """Dark, printed, on a phone."""
    assert words in text
    assert 'name="viewport"' in text


def test_a_long_period_counts_by_week(written: Path, tmp_path: Path) -> None:
    """So that bars stay wide enough to see."""
    settings, target = str(written.parent / "regwatch.yaml"), tmp_path / "year.html"
    words = ["report", "--since", "2023-04-01", "--until", "2024-03-30", "-o", str(target)]
    assert main([*words, "--config", settings]) == 0
    assert "Hits a week" in target.read_text(encoding="utf-8")


def test_an_empty_period_is_a_page_too(
    written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says that nothing was there."""
    settings = str(written.parent / "regwatch.yaml")
    words = ["report", "--since", "2020-01-01", "--until", "2020-01-31", "-o", "-"]
    assert main([*words, "--config", settings]) == 0
    assert "No matter took a step in this time." in capsys.readouterr().out


def test_a_place_that_cannot_be_written_is_said(written: Path, tmp_path: Path) -> None:
    """Exit code 1."""
    settings = str(written.parent / "regwatch.yaml")
    assert main(["report", "-o", str(tmp_path / "no" / "r.html"), "--config", settings]) == 1


def test_a_browser_shows_the_page_without_complaint(written: Path, tmp_path: Path) -> None:
    """Headless: everything is drawn, and the policy refuses nothing."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        pytest.skip("no Chromium is installed")
    done = subprocess.run(
        [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--window-size=390,800",
            f"--user-data-dir={tmp_path}", "--dump-dom", written.as_uri(),
        ],
        capture_output=True, text=True, timeout=50, check=True,
    )  # fmt: skip
    assert "Matters by authority and stage" in done.stdout
    assert "Content Security Policy" not in done.stderr
