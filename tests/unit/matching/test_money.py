"""Sums are read as their writers meant them, in every language of the feeds."""

from __future__ import annotations

import pytest

from bot.matching.money import amounts_of, counted, find_amounts
from storage.records import Amount

WRITTEN = [
    ("$13bn", "en", 13_000_000_000, "USD"),
    ("US$ 4 billion", "en", 4_000_000_000, "USD"),
    ("13 Mrd. Dollar", "de", 13_000_000_000, "USD"),
    ("50 milliards de dollars", "fr", 50_000_000_000, "USD"),
    ("jusqu'à 50 Md$", "fr", 50_000_000_000, "USD"),
    ("4,000 millones de dólares", "es", 4_000_000_000, "USD"),
    ("2 mil millones de euros", "es", 2_000_000_000, "EUR"),
    ("1,3 Md€", "fr", 1_300_000_000, "EUR"),
    ("10 billones de dólares", "es", 10_000_000_000_000, "USD"),
    ("2 billions d'euros", "fr", 2_000_000_000_000, "EUR"),
    ("eine Billion Dollar", "de", 1_000_000_000_000, "USD"),
    ("R$ 3,5 bilhões", "pt", 3_500_000_000, "BRL"),
    ("2 biliões de euros", "pt", 2_000_000_000_000, "EUR"),
    ("5 mil milhões de euros", "pt", 5_000_000_000, "EUR"),
    ("3 miliardi di euro", "it", 3_000_000_000, "EUR"),
    ("2 bilioni di dollari", "it", 2_000_000_000_000, "USD"),
    ("5 miljard euro", "nl", 5_000_000_000, "EUR"),
    ("2 biljoen dollar", "nl", 2_000_000_000_000, "USD"),
    ("13 miliardów złotych", "pl", 13_000_000_000, "PLN"),
    ("2 biliony dolarów", "pl", 2_000_000_000_000, "USD"),
    ("100億ドル", "ja", 10_000_000_000, "USD"),
    ("1兆円", "ja", 1_000_000_000_000, "JPY"),
    ("130亿美元", "zh", 13_000_000_000, "USD"),
    ("130억 달러", "ko", 13_000_000_000, "USD"),
    ("4조 원", "ko", 4_000_000_000_000, "KRW"),
    ("1.5 trillion dollars", "en", 1_500_000_000_000, "USD"),
    ("an 8-billion-dollar deal", "en", 8_000_000_000, "USD"),
    ("a billion dollars", "en", 1_000_000_000, "USD"),
    ("half a billion euros", "en", 500_000_000, "EUR"),
    ("one and a half billion dollars", "en", 1_500_000_000, "USD"),
    ("4 to 6 billion dollars", "en", 6_000_000_000, "USD"),
    ("$4-6bn", "en", 6_000_000_000, "USD"),
    ("$4bn-$6bn", "en", 6_000_000_000, "USD"),
    ("between $4bn and $6bn", "en", 6_000_000_000, "USD"),
    ("€600,000 a day", "en", 600_000, "EUR"),
    ("deux milliards d'euros", "fr", 2_000_000_000, "EUR"),
    ("zwei Milliarden Euro", "de", 2_000_000_000, "EUR"),
    ("A$50 million", "en", 50_000_000, "AUD"),
    ("50 million Australian dollars", "en", 50_000_000, "AUD"),
    ("C$20m", "en", 20_000_000, "CAD"),
    ("1兆2000億円", "ja", 1_200_000_000_000, "JPY"),
    ("4조5000억원", "ko", 4_500_000_000_000, "KRW"),
    ("4.95 lakh crore rupees", "en", 4_950_000_000_000, "INR"),
    ("Rs 500 crore", "en", 5_000_000_000, "INR"),
    ("₹1,337 crore", "en", 13_370_000_000, "INR"),
    ("12 mkr", "sv", 12_000_000, "SEK"),
    ("3 miljarder kronor", "sv", 3_000_000_000, "SEK"),
    ("50 mld zł", "pl", 50_000_000_000, "PLN"),
    ("20 000 millones de dólares", "es", 20_000_000_000, "USD"),
    ("CHF 4'000'000", "de", 4_000_000, "CHF"),
    ("13 млрд долларов", "ru", 13_000_000_000, "USD"),
    ("10 milliarder kroner", "da", 10_000_000_000, "DKK"),
    ("un milliard et demi d'euros", "fr", 1_500_000_000, "EUR"),
    ("mil millones de dólares", "es", 1_000_000_000, "USD"),
    ("cien mil millones de dólares", "es", 100_000_000_000, "USD"),
    ("1.3兆ウォン", "ja", 1_300_000_000_000, "KRW"),
    ("3 000 M€", "fr", 3_000_000_000, "EUR"),
    ("20 Millionen Schweizer Franken", "de", 20_000_000, "CHF"),
    ("tio miljarder dollar", "sv", 10_000_000_000, "USD"),
    ("twee miljard dollar", "nl", 2_000_000_000, "USD"),
    ("trzy miliardy dolarów", "pl", 3_000_000_000, "USD"),
    ("venticinque miliardi di euro", "it", 25_000_000_000, "EUR"),
    ("20亿欧元", "zh", 2_000_000_000, "EUR"),
    ("1.5万亿美元", "zh", 1_500_000_000_000, "USD"),
    ("十亿美元", "zh", 1_000_000_000, "USD"),
    ("US$1.25 billion", "en", 1_250_000_000, "USD"),
    ("$1.125 billion", "en", 1_125_000_000, "USD"),
    ("1.250 Millionen Euro", "de", 1_250_000_000, "EUR"),
    ("1,25 Milliarden Euro", "de", 1_250_000_000, "EUR"),
    ("$US 3 milliards", "fr", 3_000_000_000, "USD"),
    ("3 milliards $US", "fr", 3_000_000_000, "USD"),
    ("3 milliards de dollars canadiens", "fr", 3_000_000_000, "CAD"),
    ("anderthalb Milliarden Dollar", "de", 1_500_000_000, "USD"),
    ("１００億ドル", "ja", 10_000_000_000, "USD"),
    ("５０億ユーロ", "ja", 5_000_000_000, "EUR"),
    ("EUR 600 000", "en", 600_000, "EUR"),
    ("U.S. $5 million", "en", 5_000_000, "USD"),
    ("10億ドル", "ja", 1_000_000_000, "USD"),
    ("30億円", "ja", 3_000_000_000, "JPY"),
    ("3000만 달러", "ko", 30_000_000, "USD"),
    ("5,000万ドル", "ja", 50_000_000, "USD"),
    ("fined £3.5m", "en", 3_500_000, "GBP"),
    ("$100 million+", "en", 100_000_000, "USD"),
    ("USD13bn", "en", 13_000_000_000, "USD"),
    ("13bn USD", "en", 13_000_000_000, "USD"),
    ("13 billion US dollars", "en", 13_000_000_000, "USD"),
    ("ein 650-Millionen-Dollar-Deal", "de", 650_000_000, "USD"),
    ("von 4 bis 6 Mrd. Euro", "de", 6_000_000_000, "EUR"),
    ("entre 4 et 6 milliards d'euros", "fr", 6_000_000_000, "EUR"),
    ("bis zu 20 Milliarden Dollar", "de", 20_000_000_000, "USD"),
    ("2,5 mld euro", "it", 2_500_000_000, "EUR"),
    ("300mila euro", "it", 300_000, "EUR"),
    ("250 mil reais", "pt", 250_000, "BRL"),
    ("1,5 milhão de euros", "pt", 1_500_000, "EUR"),
    ("10 million pounds", "en", 10_000_000, "GBP"),
    ("10 mln funtów", "pl", 10_000_000, "GBP"),
    ("half a trillion dollars", "en", 500_000_000_000, "USD"),
    ("約100億ドル（約1兆5000億円）", "ja", 10_000_000_000, "USD"),
    ("$4bn (£3.2bn)", "en", 4_000_000_000, "USD"),
    ("4 billion kr.", "en", 4_000_000_000, "SEK"),
    ("30亿元人民币", "zh", 3_000_000_000, "CNY"),
    ("罚款30亿元", "zh", 3_000_000_000, "CNY"),
    ("100億米ドル", "ja", 10_000_000_000, "USD"),
    ("10억유로", "ko", 1_000_000_000, "EUR"),
]

NO_MONEY = [
    "a 70B parameter model",
    "tens of billions of dollars",
    "10 gigawatts of capacity",
    "200 million users",
    "1 million chips",
    "in 2024 and 2025",
    "several billion dollars",
    "des dizaines de milliards d'euros",
    "70 milliards de paramètres",
    "decenas de miles de millones de dólares",
    "zig Milliarden Euro",
    "a multi-billion-dollar deal",
    "a trillion tokens",
    "8 Milliarden Parameter",
    "3 billion people",
    "数百億ドル",
    "수십억 달러",
    "数十亿美元",
    "1億人",
    "H100 chips and GPT-4",
    "Case M.11766",
    "30 % of shares",
    "a coffee for $5",
]

KINDS = [
    ("Microsoft will invest $5bn in the lab.", "investment"),
    ("OpenAI committed to spend $250bn on cloud.", "commitment"),
    ("The watchdog fined the group €500 million.", "fine"),
    ("La multa asciende a 194 millones de euros.", "fine"),
    ("Das Bußgeld beträgt 59 Millionen Euro.", "fine"),
    ("Une amende de 150 millions d'euros a été infligée.", "fine"),
    ("課徴金は10億円だった。", "fine"),
    ("A valuation of $350 billion was agreed.", "valuation"),
    ("The lab is valued at $61.5bn.", "valuation"),
    ("La start-up est valorisée 12 milliards d'euros.", "valuation"),
    ("Das Start-up wird mit 12 Milliarden Euro bewertet.", "valuation"),
    ("企業価値は3000億ドルとされる。", "valuation"),
    ("公司估值达到1000亿美元。", "valuation"),
    ("Annual revenue reached $13bn.", "revenue"),
    ("Der Jahresumsatz stieg auf 10 Milliarden Dollar.", "revenue"),
    ("Le chiffre d'affaires atteint 10 milliards de dollars.", "revenue"),
    ("Its capital expenditure will be $80bn.", "revenue"),
    ("The filing threshold is $119.5 million.", "threshold"),
    ("Die Transaktionswertschwelle von 400 Mio. Euro ist überschritten.", "threshold"),
    ("El umbral es de 50 millones de euros.", "threshold"),
    ("A deal valued at $20bn was called in.", "price"),
    ("La operación está valorada en 14.700 millones de euros.", "price"),
    ("The $32 billion purchase was waved through.", "price"),
]


def values(text: str, language: str = "") -> list[tuple[int, str]]:
    return [(a.value, a.currency) for a in find_amounts(text, field="body", language=language)]


@pytest.mark.parametrize(("text", "language", "value", "currency"), WRITTEN, ids=[w[0] for w in WRITTEN])
def test_a_sum_is_read_in_whole_units(text: str, language: str, value: int, currency: str) -> None:
    """Scale, grouping and currency are those of the language, with the words in either order."""
    assert values(text, language) == [(value, currency)]
    assert values(f"It said {text} at last.", language) == [(value, currency)]


@pytest.mark.parametrize("text", NO_MONEY)
def test_what_is_no_sum_of_money_is_left(text: str) -> None:
    """Counts, vague sums, names of chips and prices of daily life are no amounts."""
    assert values(text) == []


@pytest.mark.parametrize(("text", "kind"), KINDS, ids=[k[0] for k in KINDS])
def test_the_words_around_a_sum_say_what_it_is_for(text: str, kind: str) -> None:
    """The nearest cue decides."""
    assert [a.kind for a in find_amounts(text, field="body")] == [kind]


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        ("investment", True),
        ("fine", True),
        ("other", True),
        ("valuation", False),
        ("revenue", False),
        ("threshold", False),
    ],
)
def test_only_sums_of_the_deal_or_the_fine_count(kind: str, counts: bool) -> None:
    """Valuations, revenue and thresholds are kept but do not count."""
    assert counted(kind) is counts


def test_a_valuation_beside_a_round_does_not_taint_it() -> None:
    """Each cue speaks of one sum."""
    kinds = {
        a.value: a.kind for a in find_amounts("It raised $110bn at a valuation of $730bn.", field="body")
    }
    assert kinds == {110 * 10**9: "investment", 730 * 10**9: "valuation"}


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (
            "SoftBank gibt 4 Milliarden und später 2,75 Milliarden Dollar.",
            "de",
            [4_000_000_000, 2_750_000_000],
        ),
        (
            "Amazon apporte 50 milliards de dollars, dont 15 sans attendre.",
            "fr",
            [50_000_000_000, 15_000_000_000],
        ),
        ("Microsoft met 5 milliards de dollars, Nvidia jusqu'à 10.", "fr", [5_000_000_000, 10_000_000_000]),
        ("Alquila por más de 10.000 millones de dólares hasta 2031.", "es", [10_000_000_000]),
        ("Investe 4 miliardi di dollari; il totale sale a 8 miliardi.", "it", [4_000_000_000, 8_000_000_000]),
        ("Ten billion dollars now, a further 30 billion later.", "en", [10_000_000_000, 30_000_000_000]),
    ],
)
def test_a_sum_borrows_what_its_neighbour_says(text: str, language: str, expected: list[int]) -> None:
    """Shared currencies and scales are carried over."""
    assert values(text, language) == [(value, "USD") for value in expected]


def test_a_field_borrows_the_currency_of_another() -> None:
    """A headline without a currency is read with the body's."""
    found = amounts_of(
        [("title", "Anthropic mietet für 100 Milliarden"), ("body", "Es geht um 5 Mrd. Dollar.")],
        language="de",
    )
    assert [(a.value, a.currency) for a in found] == [(100 * 10**9, "USD"), (5 * 10**9, "USD")]


def test_a_sum_is_listed_once() -> None:
    """The same sum in two wordings is one."""
    assert values("$4bn now. The 4 billion dollars are cash.") == [(4 * 10**9, "USD")]


def test_a_conversion_in_brackets_is_not_a_second_sum() -> None:
    """Two currencies for one sum are one sum."""
    assert values("Il investit 4 milliards de dollars (3,7 milliards d'euros).", "fr") == [(4 * 10**9, "USD")]


def test_up_to_is_remembered() -> None:
    """An upper limit says so."""
    found: tuple[Amount, ...] = find_amounts("It will put up to $40 billion into the lab.", field="body")
    assert [a.upto for a in found] == [True]


def test_a_span_is_what_the_reader_sees() -> None:
    """The place and the text of a sum agree with the field."""
    text = "Il s'agit de 50\u00a0milliards de dollars\u202f!"
    (found,) = find_amounts(text, field="summary", language="fr")
    assert found.span is not None
    assert found.span.field == "summary"
    assert text[found.span.start : found.span.end] == found.span.text == "50\u00a0milliards de dollars"
