"""The words that money is written with: scales, currencies and numbers, in the languages of our feeds. Contains no I/O.

Words are casefolded. The scale false friends (French, German, Spanish, Portuguese, Italian, Dutch and Polish
"billion" is 10^12, English 10^9) are told apart by spelling, and where the spelling is the same by language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType

THOUSAND, MILLION, MILLIARD, BILLION = 10**3, 10**6, 10**9, 10**12
LAKH, CRORE = 10**5, 10**7


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text set apart by spaces."""
    return frozenset(text.split())


def _table(rows: Mapping[int, str]) -> Mapping[str, int]:
    return MappingProxyType({word: value for value, words in rows.items() for word in words.split()})


# One word each; a run of them multiplies ("mil millones", "mila miliardi", "lakh crore").
SCALES = _table(
    {
        THOUSAND: "thousand thousands mille mila tausend tsd duizend mil tusen tusind tys tysiąc tysiące tysięcy "
        "тыс тысяча тысячи тысяч bin tisíc k 천 千 千人",
        LAKH: "lakh lakhs",
        10**4: "万 萬 만",
        MILLION: "million millions mi mio mill mln mn mm m milj miljoen miljoner miljon millionen millones millón millon "
        "milione milioni milhão milhões milhao milhoes milion miliony milionów milionami mkr millioner miljoonaa "
        "млн миллион миллиона миллионов мільйонів milyon milionů miliónů millió 百万 百萬 백만",
        CRORE: "crore crores 千万 千萬 천만",
        10**8: "億 亿 억",
        MILLIARD: "billion billions bi bn bln blns b milliard milliards milliarde milliarden mrd mrds md mds mia mia miljard miljarden "
        "miljarder miljardi mdr mdkr miliardo miliardi mld mldr miliard miliardy miliarda miliardów miliardami "
        "milliarder bilhão bilhões bilhao bilhoes млрд миллиард миллиарда миллиардов мільярдів milyar miljardia "
        "miliardů milliárd 십억 十億 十亿",
        BILLION: "trillion trillions tri trn tn tln t trilhão trilhões trilhao trilhoes billón billones bilión bilione bilioni "
        "biljoen biljoner biljon bilião biliões biliao bilioes bilion biliony bilionów biliona billionen bio "
        "трлн триллион триллиона триллионов trilyon billioner trilione trilioni trillionen 兆 万亿 萬億 조",
    }
)
# "billion" and "billions" are English 10^9 except in these languages.
LONG_SCALE = frozenset(
    {"fr", "de", "da", "no", "nb", "nn", "sv", "fi", "nl", "es", "pt", "it", "pl", "cs", "hu"}
)
# A single letter, or "mil" outside Romance text, is a scale only beside a currency.
LETTER_SCALES = frozenset({"mi", "bi", "tri", "k", "m", "mm", "b", "t", "md", "bio", "mill", "tn", "bin"})
# These carry the currency within: Swedish "mkr", "mdkr".
SCALE_CURRENCIES = MappingProxyType({"mkr": "SEK", "mdkr": "SEK"})
# The scale's own language writes the decimal comma.
COMMA_SCALES = words_of(
    "milliard milliards milliarde milliarden mrd mrds md mds mia miljard miljarden miljarder miljardi mdr mdkr miliardo "
    "miliardi mld miliard miliardy miliarda miliardów bilhão bilhões bilhao bilhoes millones millón milione milioni "
    "milhão milhões milhao milhoes milion miliony milionów miljoen miljoner miljon millionen mio mila mille mil "
    "tausend tys млн млрд тыс миллиона миллионов миллиардов миллиарда трлн billones billón biljoen biliões bilioni "
    "trilhões trilhão tausend duizend milionów mkr"
)
# Spanish and Portuguese group by three whatever the mark: Mexico writes "13,000 millones".
GROUPING_SCALES = words_of("millones millón milhões milhoes mil")

SYMBOLS = MappingProxyType(
    {
        "$": "USD",
        "㌦": "USD",
        "€": "EUR",
        "£": "GBP",
        "¥": "JPY",
        "₩": "KRW",
        "₹": "INR",
        "₽": "RUB",
        "₺": "TRY",
        "₪": "ILS",
    }
)
DOLLARS_BY_PREFIX = MappingProxyType(
    {"us": "USD", "u.s.": "USD", "a": "AUD", "au": "AUD", "aus": "AUD", "c": "CAD", "ca": "CAD", "can": "CAD"}
    | {"hk": "HKD", "nt": "TWD", "s": "SGD", "sg": "SGD", "nz": "NZD", "r": "BRL", "mx": "MXN", "usd": "USD"}
)
CODES = words_of(
    "usd eur gbp jpy cny rmb krw inr brl aud cad chf sek nok dkk pln czk huf mxn hkd twd sgd nzd rub try ils zar aed "
    "sar idr vnd thb clp cop ars"
)


def _currencies(rows: Mapping[str, str]) -> Mapping[str, str]:
    found = {code: code.upper() for code in CODES} | {"rmb": "CNY"}
    found |= {word: code for code, words in rows.items() for word in words.split()}
    return MappingProxyType(found)


CURRENCIES = _currencies(
    {
        "USD": "dollar dollars dollari dollaro dólar dólares dolar dolares dolara dolarów dolary dolarach dolarami dollarin "
        "dollaria dolarů dollár доллар доллара долларов долларах доларів ドル 米ドル 美元 美金 달러 미국달러 미달러",
        "EUR": "euro euros euroa eurot eurón евро євро ユーロ 欧元 歐元 유로",
        "GBP": "pound pounds sterling libra libras sterlina sterline livre livres pfund pond funt funty funtów фунт фунта "
        "фунтов ポンド 英镑 英鎊 파운드 quid",
        "JPY": "yen yens jenów иен 円 日元 日圓 엔",
        "CNY": "yuan yuans renminbi юаней 人民币 人民幣 人民元 元 위안 juanów",
        "KRW": "won wons 원 ウォン 韩元 韓元",
        "INR": "rupee rupees rupie rupien roupies rupias rs ルピー 卢比 루피",
        "BRL": "reais reales real reals réais réaux reali レアル 헤알 雷亚尔 雷亞爾",
        "CHF": "franken francs",
        "SEK": "kronor krona kr kronen",
        "DKK": "kroner",
        "PLN": "zł złotych złote złoty zloty zlotys",
        "MXN": "pesos",
        "TRY": "lira lirası tl",
        "RUB": "руб рубль рубля рублей roubles rubles",
        "ILS": "shekel shekels nis",
        "CZK": "korun",
        "HUF": "forint",
        "AED": "dirham dirhams",
        "SAR": "riyal riyals",
        "AUD": "豪ドル 澳元 호주달러",
        "CAD": "カナダドル 加元 캐나다달러",
        "HKD": "香港ドル 港元 港币 홍콩달러",
        "TWD": "台湾ドル 新台币 新台幣",
        "SGD": "シンガポールドル 新加坡元",
    }
)
# Everyday words that are also currencies: believed only after a scale or a sum of a thousand and more.
SHY_CURRENCIES = words_of(
    "won wons real reals reales pound pounds pond pfund livre livres libra libras funt francs kr rs try all tl"
)
# What turns dollars (pounds, francs, kronor) into another country's, before or after the word.
NATIONS = (
    (re.compile(r"austral|aussie"), {"USD": "AUD"}),
    (re.compile(r"canad|kanad"), {"USD": "CAD"}),
    (re.compile(r"hong|hongkong"), {"USD": "HKD"}),
    (re.compile(r"singap"), {"USD": "SGD"}),
    (re.compile(r"taiwan"), {"USD": "TWD"}),
    (re.compile(r"neuse|neozel|zealand"), {"USD": "NZD"}),
    (re.compile(r"norweg|norvég|noruega|norsk"), {"SEK": "NOK", "DKK": "NOK"}),
    (re.compile(r"dän|danish|danes|danois|dansk"), {"SEK": "DKK"}),
)

# What may stand between a number, its scale and its currency.
CONNECTORS = words_of("de d di of i en in us u s miljoner amerikanische amerikanischen amerikanska")

RANGE_WORDS = words_of("to bis à a al ad till tot do до up")
BETWEEN_WORDS = words_of("between entre zwischen tra fra tussen między mellem mellan между")
AND_WORDS = words_of("and et und y e en i och og и")
RESPECTIVELY = words_of("respektive beziehungsweise bzw respectievelijk")
FROM_WORDS = words_of("from von de da del van z från fra od от")
UPTO = re.compile(
    r"(?:\b(?:up to|as much as|as many as|at most|a maximum of|jusqu.(?:à|au)|au plus|(?:maximal|höchstens)|bis zu|hasta"
    r"|como máximo|fino a|sino a|al massimo|tot(?: wel)?|maximaal|até|no máximo|(?:aż )?do|maksymalnie|upp till|op til"
    r"|до)\s{1,2}(?:\S{1,12}\s{1,2}){0,2}\S{0,4}|最大で?|最高|多达|高达|최대\s?)$",
    re.IGNORECASE,
)
VAGUE = words_of(
    "tens hundreds several many few multiple various varios varias plusieurs quelques mehrere einige parecchi alcuni diversi "
    "vários alguns enkele kilka kilkanaście kilkadziesiąt flera неколько несколько dizaines decenas dozens"
)
VAGUE_CJK = "数数十数百上几数千幾수십수백數"

# Words after a bare "50 milliards" that leave it money: prepositions, verbs of being, conjunctions, deal nouns.
BARE_FOLLOWERS = words_of("""
    each apiece chacun chacune jeweils cada ciascuno ciascuna elk każdy vardera
    ein ab bereit
    in to for on over from by at into with is was are were more would will and or of this last next now later per annually
    as but if when while which that after before since than between through annual yearly initial initially upfront
    deal round investment stake fine penalty takeover acquisition purchase contract settlement commitment order package
    plan bet pact agreement tie-up partnership funding financing raise cheque check buyout merger licence license offer
    bid injection transaction accord cash worth today earlier out back remain remaining could may might have has had
    dans en à au aux sur pour par chez avec et ou que qui est sont était dont soit lors contre auprès d'ici cette ce sous
    sera seront pourrait supplémentaires investis promis engagés restants plus
    an bei für von vom zu zum zur mit auf aus über bis und oder die der das den ist sind war wird werden soll sollen
    sofort später geben gibt kommen kommt könnten können dazu weitere pro jährlich frei schwere schweren teure teuren
    si en a por para con sobre y o que se es son será serán este esta ahora después más anual anuales adicionales al del
    su per con tra e ed o che è sono sarà saranno da dal nel nella in aggiuntivi annui entro ora subito
    em no na nos nas por para com sobre e ou que é são será anuais adicionais ao à do da
    voor van aan met op over en of die dat is zijn wordt per jaarlijks extra bij
    w we na do za od z ze i oraz lub który które jest są rocznie od przez dla dodatkowo później
    för till från och eller som är var på över om per årligen i
    в на за до от по с и или который это
    """)
# Between number and noun these say "count", not money, even inside a compound.
COUNT_NOUNS = re.compile(
    r"(?:param|token|jeton|user|utilisat|nutzer|usuari|utent|użytk|uporab|gebruik|användar|custom|client|kund|klient|chip|puces?|gpu"
    r"|tpu|people|person|mensch|million|téléch|download|subscri|abonn|titles?|books?|pages?|views?|request|quer|watt"
    r"|gigawatt|share|aktie|action|visit|device|gerät|word|mots|year|jahr|ans?\b|años|anni|jobs?|homes?|household|times"
    r"|tonnes?|miles|km|transistor|photo|image|video|message|record|account|compte|konten)",
    re.IGNORECASE,
)

HALF_AFTER = re.compile(r"\s(?:and a half|et demie?|y medio|y media|e mezzo|e meio|e meia)\b", re.IGNORECASE)

_FIXED: Mapping[str, str] = {
    "en": "a 1|an 1|another 1|one 1|two 2|three 3|four 4|five 5|six 6|seven 7|eight 8|nine 9|ten 10|eleven 11|twelve 12|thirteen 13"
    "|fourteen 14|fifteen 15|sixteen 16|seventeen 17|eighteen 18|nineteen 19|half a .5|half .5|one and a half 1.5"
    "|two and a half 2.5|three and a half 3.5|a quarter of a .25|three quarters of a .75",
    "fr": "un 1|deux 2|trois 3|quatre 4|cinq 5|sept 7|huit 8|neuf 9|dix 10|onze 11|douze 12|treize 13|quatorze 14|quinze 15"
    "|seize 16|dix-sept 17|dix-huit 18|dix-neuf 19|cent 100|un demi .5|demi .5",
    "de": "ein 1|eine 1|einer 1|einen 1|zwei 2|drei 3|vier 4|fünf 5|sechs 6|sieben 7|acht 8|neun 9|zehn 10|elf 11|zwölf 12"
    "|dreizehn 13|vierzehn 14|fünfzehn 15|sechzehn 16|siebzehn 17|achtzehn 18|neunzehn 19|hundert 100|einhundert 100"
    "|anderthalb 1.5|eineinhalb 1.5|zweieinhalb 2.5|dreieinhalb 3.5|eine halbe .5|einer halben .5|halbe .5",
    "es": "un 1|dos 2|tres 3|cuatro 4|cinco 5|seis 6|siete 7|ocho 8|nueve 9|diez 10|once 11|doce 12|trece 13|catorce 14"
    "|quince 15|dieciséis 16|diecisiete 17|dieciocho 18|diecinueve 19|veinticinco 25|cien 100|ciento 100|medio .5|quinientos 500",
    "it": "un 1|due 2|tre 3|quattro 4|cinque 5|sei 6|sette 7|otto 8|nove 9|dieci 10|undici 11|dodici 12|tredici 13"
    "|quattordici 14|quindici 15|sedici 16|diciassette 17|diciotto 18|diciannove 19|cento 100|mezzo .5",
    "pt": "um 1|uma 1|dois 2|duas 2|três 3|quatro 4|cinco 5|seis 6|sete 7|oito 8|nove 9|dez 10|onze 11|doze 12|treze 13"
    "|catorze 14|quatorze 14|quinze 15|dezesseis 16|dezasseis 16|dezessete 17|dezoito 18|dezenove 19|cem 100|meio .5",
    "nl": "een 1|één 1|twee 2|drie 3|vier 4|vijf 5|zes 6|zeven 7|negen 9|tien 10|twaalf 12|dertien 13|veertien 14|vijftien 15"
    "|zestien 16|zeventien 17|achttien 18|negentien 19|honderd 100|anderhalf 1.5|half .5|een half .5|tweeënhalf 2.5",
    "pl": "jeden 1|dwa 2|trzy 3|cztery 4|pięć 5|sześć 6|siedem 7|osiem 8|dziewięć 9|dziesięć 10|jedenaście 11|dwanaście 12"
    "|trzynaście 13|czternaście 14|piętnaście 15|szesnaście 16|siedemnaście 17|osiemnaście 18|dwadzieścia 20"
    "|trzydzieści 30|czterdzieści 40|pięćdziesiąt 50|sto 100|dwieście 200|pięćset 500|pół .5|półtora 1.5",
    "sv": "en 1|ett 1|två 2|tre 3|fyra 4|fem 5|sex 6|sju 7|åtta 8|nio 9|tio 10|elva 11|tolv 12|tretton 13|fjorton 14|femton 15"
    "|tjugo 20|trettio 30|fyrtio 40|femtio 50|hundra 100|halv .5|en halv .5|en och en halv 1.5",
    "ru": "один 1|два 2|три 3|четыре 4|пять 5|шесть 6|семь 7|восемь 8|девять 9|десять 10|двадцать 20|тридцать 30|сто 100"
    "|полтора 1.5",
}
_TENS: Mapping[str, str] = {
    "en": "twenty 20|thirty 30|forty 40|fifty 50|sixty 60|seventy 70|eighty 80|ninety 90",
    "fr": "vingt 20|trente 30|quarante 40|cinquante 50|soixante 60",
    "de": "zwanzig 20|dreißig 30|vierzig 40|fünfzig 50|sechzig 60|siebzig 70|achtzig 80|neunzig 90",
    "es": "veinte 20|treinta 30|cuarenta 40|cincuenta 50|sesenta 60|setenta 70|ochenta 80|noventa 90",
    "it": "venti 20|trenta 30|quaranta 40|cinquanta 50|sessanta 60|settanta 70|ottanta 80|novanta 90",
    "pt": "vinte 20|trinta 30|quarenta 40|cinquenta 50|sessenta 60|setenta 70|oitenta 80|noventa 90",
    "nl": "twintig 20|dertig 30|veertig 40|vijftig 50|zestig 60|zeventig 70|tachtig 80|negentig 90",
}
_JOIN = {
    "en": "{t}-{u}",
    "fr": "{t}-{u}",
    "de": "{u}und{t}",
    "es": "{t} y {u}",
    "it": "{t}{u}",
    "pt": "{t} e {u}",
    "nl": "{u}en{t}",
}


def _pairs(row: str) -> Iterator[tuple[str, Decimal]]:
    for pair in row.split("|"):
        words, _, value = pair.rpartition(" ")
        yield words, Decimal(value)


def _numbers() -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for language, row in _FIXED.items():
        units = dict(_pairs(row))
        found |= units
        tens = dict(_pairs(_TENS.get(language, ""))) if language in _TENS else {}
        found |= tens
        digits = {
            word: value
            for word, value in units.items()
            if 1 <= value <= 9 and value == int(value) and " " not in word
        }
        for ten, base in tens.items():
            for unit, value in digits.items():
                joined = _JOIN[language].format(t=ten, u=unit)
                found[joined] = base + value
                found[joined.replace("-", " ")] = base + value
    hundreds = {"en": "hundred", "fr": "cents", "de": "hundert", "nl": "honderd"}
    for language, word in hundreds.items():
        for unit, value in list(_pairs(_FIXED[language])):
            if 1 <= value <= 9 and value == int(value):
                found[f"{unit}{'' if language in ('de', 'nl') else ' '}{word}"] = value * 100
    return found


NUMBERS: Mapping[str, Decimal] = MappingProxyType(_numbers())
LONGEST_NUMBER = 4  # words
KANJI_DIGITS: Mapping[str, int] = MappingProxyType(
    {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"两": 2, "兩": 2}
)
