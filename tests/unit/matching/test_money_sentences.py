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
    (
        "en",
        "Meta will hand over $14.3 billion, nearly half of Scale AI's $29 billion price tag.",
        [(14_300_000_000, "USD"), (29_000_000_000, "USD")],
    ),
    ("en", "The retainer is $3 million a month for four years.", [(3_000_000, "USD")]),
    (
        "en",
        "Apple pays about a billion dollars a year, while Google had annual profit of $100 billion.",
        [(1_000_000_000, "USD")],
    ),
    (
        "en",
        "Anthropic, which now earns $14 billion a year in revenue, took $2 billion from Google.",
        [(2_000_000_000, "USD")],
    ),
    (
        "en",
        "A £2.5bn investment, on top of the £1 billion promised in May.",
        [(2_500_000_000, "GBP"), (1_000_000_000, "GBP")],
    ),
    (
        "en",
        "The Commission fined it EUR 2.42 billion and set periodic payments of EUR 1.5m per day.",
        [(2_420_000_000, "EUR"), (1_500_000, "EUR")],
    ),
    ("en", "It has raised a total of $1.3 billion at a $4 billion valuation.", [(1_300_000_000, "USD")]),
    ("en", "Deals above $133.9 million must be reported under HSR.", []),
    (
        "en",
        "The merger fee is $30,000 and the civil penalty $54,540 a day.",
        [(30_000, "USD"), (54_540, "USD")],
    ),
    ("en", "Analysts see a $1 trillion market by 2030.", []),
    ("en", "Microsoft wrote off $2 billion of Azure credits promised to OpenAI.", [(2_000_000_000, "USD")]),
    ("en", "In return the lab must buy $100 billion worth of chips.", [(100_000_000_000, "USD")]),
    (
        "fr",
        "Nvidia pèse désormais 5 000 milliards de dollars en Bourse et mise 2 milliards sur xAI.",
        [(2_000_000_000, "USD")],
    ),
    ("fr", "Google a écopé d'une sanction de 250 millions d'euros.", [(250_000_000, "EUR")]),
    ("fr", "Un investissement compris entre un et deux milliards d'euros.", [(2_000_000_000, "EUR")]),
    ("fr", "L'accord prévoit 38 milliards de dollars sur sept ans.", [(38_000_000_000, "USD")]),
    ("fr", "Le seuil de notification de 150 millions d'euros n'est pas atteint.", []),
    (
        "de",
        "Anthropic sammelt 13 Milliarden Dollar ein und ist nun 183 Milliarden wert.",
        [(13_000_000_000, "USD")],
    ),
    ("de", "Die Übernahme kostet den Konzern 32 Milliarden Dollar.", [(32_000_000_000, "USD")]),
    ("de", "Amazon hat bislang acht Milliarden Dollar in das Start-up gesteckt.", [(8_000_000_000, "USD")]),
    ("de", "Das Zwangsgeld beträgt 250.000 Euro pro Tag.", [(250_000, "EUR")]),
    ("de", "Der Börsenwert stieg um 200 Milliarden auf fünf Billionen Dollar.", []),
    ("es", "El laboratorio recibirá hasta 4.000 millones de dólares en créditos.", [(4_000_000_000, "USD")]),
    ("es", "La sanción asciende a 1.800 millones de euros.", [(1_800_000_000, "EUR")]),
    ("es", "Tras la ronda, la compañía está valorada en 61.500 millones de dólares.", []),
    ("es", "Invertirá dos mil millones de dólares más.", [(2_000_000_000, "USD")]),
    ("it", "Investimento da 1,5 miliardi di euro in due tranche.", [(1_500_000_000, "EUR")]),
    ("it", "Fatturato a quota 57 miliardi, capitalizzazione oltre i 4mila miliardi di dollari.", []),
    ("it", "Penale di 50 mila euro al giorno.", [(50_000, "EUR")]),
    ("nl", "De overname van 700 miljoen dollar mag doorgaan.", [(700_000_000, "USD")]),
    (
        "nl",
        "De omzet steeg naar 10 miljard dollar; Amazon stak er eerder 4 miljard in.",
        [(4_000_000_000, "USD")],
    ),
    ("nl", "Een boete van 4,1 miljard euro hing het bedrijf boven het hoofd.", [(4_100_000_000, "EUR")]),
    (
        "pt",
        "A empresa, avaliada em US$ 300 bilhões, recebe aporte de US$ 40 bilhões.",
        [(40_000_000_000, "USD")],
    ),
    ("pt", "A coima é de 4,1 mil milhões de euros.", [(4_100_000_000, "EUR")]),
    ("pt", "Receita anual de R$ 2 bilhões.", []),
    (
        "pl",
        "Amazon dołoży 4 miliardy dolarów, łącznie będzie to 8 mld.",
        [(4_000_000_000, "USD"), (8_000_000_000, "USD")],
    ),
    ("pl", "Komisja nałożyła 2,95 mld euro grzywny.", [(2_950_000_000, "EUR")]),
    ("pl", "Przychody sięgnęły 13 mld dolarów, a wartość rynkowa 3 bln dolarów.", []),
    ("sv", "Microsoft lägger 100 miljarder dollar på OpenAI.", [(100_000_000_000, "USD")]),
    ("sv", "Omsättningen var 57 miljarder dollar.", []),
    ("ja", "欧州委は29億5000万ユーロの制裁金を科した。", [(2_950_000_000, "EUR")]),
    ("ja", "時価総額が5兆ドルを超えたエヌビディアは20億ドルを出資する。", [(2_000_000_000, "USD")]),
    ("ja", "年間10億ドルを支払う契約で、期間は5年。", [(1_000_000_000, "USD")]),
    ("ko", "아마존은 앤트로픽에 80억 달러를 투자했다.", [(8_000_000_000, "USD")]),
    ("ko", "기업가치 1830억 달러를 인정받아 130억 달러를 조달했다.", [(13_000_000_000, "USD")]),
    ("zh", "微软已向OpenAI投入超过130亿美元，后者年收入约200亿美元。", [(13_000_000_000, "USD")]),
    ("zh", "市场监管总局罚款182.28亿元。", [(18_228_000_000, "CNY")]),
]


@pytest.mark.parametrize(("language", "text", "sums"), SENTENCES, ids=[s[1][:60] for s in SENTENCES])
def test_only_the_sums_of_the_deal_or_the_fine_count(
    language: str, text: str, sums: list[tuple[int, str]]
) -> None:
    """Valuations, revenue, backlog and thresholds beside them do not."""
    found = find_amounts(text, field="body", language=language)
    assert [(a.value, a.currency) for a in found if counted(a.kind)] == sums
