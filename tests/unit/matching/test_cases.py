"""Case numbers are found in their canonical form, and look-alikes are left."""

from __future__ import annotations

import pytest

from bot.matching.cases import find_cases, is_document

FOUND = [
    ("Case M.11766 – Foo", "M.11766"),
    ("COMP/M.8124 was cleared", "M.8124"),
    ("case AT.40684", "AT.40684"),
    ("Case AT. 40684", "AT.40684"),
    ("DMA.100220 opened", "DMA.100220"),
    ("aid SA.104567", "SA.104567"),
    ("see IP/26/123", "IP/26/123"),
    ("MEX/26/1 today", "MEX/26/1"),
    ("ME/7104/24", "ME/7104/24"),
    ("the orders (P231200)", "P231200"),
    ("FTC File No. 231-0049", "231-0049"),
    ("Docket No. 9412", "D-9412"),
    ("case 1:20-cv-03590 in Washington", "1:20-cv-03590"),
    ("Aktenzeichen B6-34/23", "B6-34/23"),
    ("Az. B 7 - 21/24", "B7-21/24"),
    ("Case T‑15/25 Nvidia v Commission", "T-15/25"),
    ("C-48/22 P", "C-48/22"),
    ("avis 24-A-05", "24-A-05"),
    ("expediente C/1380/23", "C/1380/23"),
]
LOOK_ALIKES = [
    "an M.2 drive of 2280 size",
    "AT.1 and AT.25 are ports",
    "ZIP/26/123",
    "version 1.20-cv",
    "IBM.11766 is no case",
    "between 24-A and 25",
    "P2312001 is too long",
]


@pytest.mark.parametrize(("text", "case"), FOUND, ids=[f[1] + " in " + f[0] for f in FOUND])
def test_a_number_is_found_in_its_canonical_form(text: str, case: str) -> None:
    """Prefixes, spaces and hyphens of all kinds lead to one form."""
    ((name, (start, end)),) = find_cases(text)
    assert name == case
    assert 0 <= start < end <= len(text)


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_a_look_alike_is_no_case(text: str) -> None:
    """Disks, ports and firms are not cases."""
    assert find_cases(text) == ()


@pytest.mark.parametrize(
    ("url", "case"),
    [
        (
            "https://www.gov.uk/cma-cases/microsoft-slash-openai-partnership-merger-inquiry",
            "gov.uk:microsoft-slash-openai-partnership-merger-inquiry",
        ),
        ("https://www.gov.uk/cma-cases/amazon-anthropic?utm=x#top", "gov.uk:amazon-anthropic"),
        ("https://competition-cases.ec.europa.eu/cases/M.11766", "M.11766"),
    ],
)
def test_a_case_page_names_its_case(url: str, case: str) -> None:
    """The address of a case page never changes for the life of the case."""
    assert find_cases("", url) == ((case, (0, 0)),)


@pytest.mark.parametrize(
    "url", ["https://example.org/cma-cases/foo-bar", "http://[", "https://www.gov.uk/cma-cases"]
)
def test_other_addresses_name_none(url: str) -> None:
    """Neither another host nor a broken address is a case page."""
    assert find_cases("", url) == ()


def test_a_case_is_listed_once() -> None:
    """The first place stands."""
    assert find_cases("M.11766 and again COMP/M.11766") == (("M.11766", (0, 7)),)


def test_press_numbers_are_documents() -> None:
    """IP/… is recognised, and told apart from a case."""
    assert is_document("IP/26/123")
    assert not is_document("M.11766")
