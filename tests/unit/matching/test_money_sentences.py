"""Whole sentences: which of their sums are those of the deal or the fine."""

from __future__ import annotations

import pytest

from bot.matching.money import counted, find_amounts

SENTENCES: list[tuple[str, str, list[tuple[int, str]]]] = [
    (
        "en",
        "Nvidia is putting $2 billion of equity into xAI as part of a $20 billion raise.",
        [(2_000_000_000, "USD"), (20_000_000_000, "USD")],
    ),
    ("en", "The consent decree carries a $5,000-a-day penalty and $12.5m in redress.", [(12_500_000, "USD")]),
    (
        "en",
        "Broadcom's order book tops $110bn, of which OpenAI accounts for $10 billion.",
        [(10_000_000_000, "USD")],
    ),
    (
        "en",
        "CoreWeave's market capitalisation fell below $40bn after the $9 billion offer for Core Scientific.",
        [(9_000_000_000, "USD")],
    ),
    ("en", "The pact is worth as much as US$38 billion over seven years.", [(38_000_000_000, "USD")]),
    (
        "en",
        "A ten-figure sum; roughly three billion dollars, in two tranches of 1.5 billion each.",
        [(3_000_000_000, "USD"), (1_500_000_000, "USD")],
    ),
    ("en", "It paid £50 million and 30 million euros.", [(50_000_000, "GBP"), (30_000_000, "EUR")]),
    ("en", "The company, last valued at $157 billion, wants $40 billion more.", [(40_000_000_000, "USD")]),
    (
        "en",
        "OpenAI, valued at $300bn in March, agreed a $300bn contract with Oracle.",
        [(300_000_000_000, "USD")],
    ),
    ("en", "Annual sales of €1.2bn exceeded the €250m notification threshold.", []),
    (
        "fr",
        "Le géant va débourser 650 M$ pour une licence et l'embauche de l'équipe.",
        [(650_000_000, "USD")],
    ),
    (
        "fr",
        "L'amende pourrait grimper à 2,4 milliards d'euros, soit 10 % du chiffre d'affaires.",
        [(2_400_000_000, "EUR")],
    ),
    ("fr", "Un chèque d'un milliard et demi de dollars, versé en deux fois.", [(1_500_000_000, "USD")]),
    (
        "fr",
        "La valorisation bondit à 14 milliards d'euros après un tour de table de 1,7 milliard.",
        [(1_700_000_000, "EUR")],
    ),
    (
        "fr",
        "Le groupe promet entre 30 et 35 milliards de dollars d'achats de puces.",
        [(35_000_000_000, "USD")],
    ),
    ("fr", "Ses revenus annuels avoisinent 20 milliards de dollars.", []),
    (
        "de",
        "Der Konzern schießt weitere vier Milliarden Dollar zu und hält nun Anteile für acht Milliarden.",
        [(4_000_000_000, "USD"), (8_000_000_000, "USD")],
    ),
    (
        "de",
        "Gegen den Suchmaschinenbetreiber wurde ein Bußgeld von 2,95 Mrd. Euro verhängt.",
        [(2_950_000_000, "EUR")],
    ),
    ("de", "Das Volumen liegt zwischen 5 und 7 Milliarden Euro.", [(7_000_000_000, "EUR")]),
    (
        "de",
        "Bei einer Bewertung von 61,5 Milliarden Dollar sammelte das Start-up 3,5 Milliarden ein.",
        [(3_500_000_000, "USD")],
    ),
    ("de", "Ein 300-Milliarden-Dollar-Vertrag mit Oracle.", [(300_000_000_000, "USD")]),
    ("es", "La firma captó 6.600 millones de dólares y ya vale 157.000 millones.", [(6_600_000_000, "USD")]),
    ("es", "Multa de 4,34 mil millones de euros para el buscador.", [(4_340_000_000, "EUR")]),
    ("es", "Aporta USD 1,500 millones en créditos de nube.", [(1_500_000_000, "USD")]),
    ("es", "Nvidia supera los cinco billones de dólares de capitalización.", []),
    ("it", "Sborserà 2,7 miliardi di dollari per riportare a casa il fondatore.", [(2_700_000_000, "USD")]),
    ("it", "Una multa da 746 milioni di euro.", [(746_000_000, "EUR")]),
    (
        "it",
        "La startup vale ormai 183 miliardi di dollari dopo il round da 13 miliardi.",
        [(13_000_000_000, "USD")],
    ),
    (
        "nl",
        "Het bedrijf legt 1,3 miljard euro in; de waardering komt uit op 11,7 miljard.",
        [(1_300_000_000, "EUR")],
    ),
    ("nl", "De boete bedraagt een half miljard euro.", [(500_000_000, "EUR")]),
    ("pt", "A Nvidia pode investir até US$ 100 bi na OpenAI.", [(100_000_000_000, "USD")]),
    ("pt", "A multa chega a R$ 1,2 milhão por dia.", [(1_200_000, "BRL")]),
    ("pt", "O acordo de 25 mil milhões de dólares inclui centros de dados.", [(25_000_000_000, "USD")]),
    (
        "pl",
        "Koncern wyłoży 6,6 mld USD, a kara może sięgnąć 200 mln euro.",
        [(6_600_000_000, "USD"), (200_000_000, "EUR")],
    ),
    ("pl", "Wycena spółki przekroczyła 350 mld dolarów.", []),
    (
        "sv",
        "Bolaget tar in 13 miljarder dollar till en värdering på 183 miljarder.",
        [(13_000_000_000, "USD")],
    ),
    ("sv", "Böterna uppgår till 4,1 miljarder euro.", [(4_100_000_000, "EUR")]),
    ("ja", "アマゾンは最大250億ドルを追加出資し、評価額は3500億ドルとなった。", [(25_000_000_000, "USD")]),
    ("ja", "2兆3000億円規模の契約を結んだ。", [(2_300_000_000_000, "JPY")]),
    ("ja", "売上高は200億ドルに達した。", []),
    ("ko", "엔비디아는 오픈AI에 최대 1000억 달러를 투자한다.", [(100_000_000_000, "USD")]),
    ("ko", "과징금 2조 8500억 원을 부과했다.", [(2_850_000_000_000, "KRW")]),
    ("ko", "매출은 130억 달러였다.", []),
    (
        "zh",
        "谷歌将向Anthropic投资最多400亿美元，首笔100亿美元。",
        [(40_000_000_000, "USD"), (10_000_000_000, "USD")],
    ),
    ("zh", "公司市值突破5万亿美元。", []),
    ("zh", "欧盟对谷歌处以29.5亿欧元罚款。", [(2_950_000_000, "EUR")]),
]


@pytest.mark.parametrize(("language", "text", "sums"), SENTENCES, ids=[s[1][:60] for s in SENTENCES])
def test_only_the_sums_of_the_deal_or_the_fine_count(
    language: str, text: str, sums: list[tuple[int, str]]
) -> None:
    """Valuations, revenue, backlog and thresholds beside them do not."""
    found = find_amounts(text, field="body", language=language)
    assert [(a.value, a.currency) for a in found if counted(a.kind)] == sums
