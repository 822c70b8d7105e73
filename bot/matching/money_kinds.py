"""What a sum is for, told by the words around it: investment, fine, valuation, revenue … Contains no I/O."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

COUNTED = frozenset({"investment", "commitment", "fine", "price", "other"})
REACH = 70  # characters between a cue and the sum that it speaks of


def counted(kind: str) -> bool:
    """Say whether sums of this kind are sums of the deal or the fine (not valuations, revenue, thresholds, costs)."""
    return kind in COUNTED


# By kind, in lower case; each begins a word, and \w* lets it run on.
_CUES = {
    "valuation": r"valuations?|valu(?:es|ing|ed)|on paper|sur le papier|market (?:value|cap\w*)|capitali[sz]ation|valoris\w+|valoración|valorad[oa]s?"
    r"|taxier\w+|(?<!im )wert|en bourse|en bolsa|in borsa|an der börse|na giełdzie|på börsen|op de beurs|wartoś\w+ rynkow\w+|capitalisation boursière|capitalización|capitalizzazione|valutazion\w+|valutat[aoei]|börsenwert\w*|börsenbewertung|marktwert\w*"
    r"|unternehmenswert|unternehmensbewertung|firmenbewertung|bewert\w+|waardering\w*|gewaardeerd|beurswaarde|marktwaarde|avaliaç\w+|avaliad[oa]s?"
    r"|valor de mercado|vaut|valait|vaudrait|valant|vale|valen|valdría|valgono|valía|valia|valeva|wycen\w+|kapitalizacj\w+|värder\w+|börsvärde\w*|marknadsvärde|оцен\w+|капитализаци\w+",
    "revenue": r"revenues?|sales of|turnover|run[- ]rate|arr|cash (?:pile|reserves?|position)|war chest|trésorerie|barreserven|annuali[sz]ed|(?<!for-)(?<!non-)profits?|earnings|net income|operating income|order books?|carnets? de commandes|auftragsbestand|cartera de pedidos|portafoglio ordini|orderportefeuille|orderbok\w*|ebitda|backlog|performance obligations?"
    r"|capex|capital (?:expenditure|spending|outlay)s?|losses|loss of|chiffres? d.affaires|recettes|bénéfices?|pertes?|revenus"
    r"|dépenses d.investissement|gewinn\w*|verlust\w*|investitionsausgaben|ingresos|facturaci\w+|ventas|beneficios?|pérdidas"
    r"|ricavi|fatturato|utili|perdite|omzet\w*|winst|verlies|receitas?|faturamento|lucros?|prejuízos?|przychod\w+|obrot\w+|zysk\w*"
    r"|intäkt\w*|omsättning\w*|vinst\w*|выручк\w+|прибыл\w+",
    "threshold": r"thresholds?|(?:has|have|had) to be (?:notified|reported)|must be (?:notified|reported)|notifiable|seuils?|umbral(?:es)?|soglie?|drempel\w*|limiar(?:es)?"
    r"|prog(?:u|i|ów|iem)|tröskel\w*|порог\w*",
    "cost": r"costs?|estimated cost|cost estimates?|lost|spending on|coûts?|kosten von"
    r"|costes? de|costo (?:di|è|totale)|custos? de|koszt\w*|market (?:size|by|worth)|savings?|économies de",
    "price": r"takeover|acqui(?:re|res|red|sition)|purchase|buys?|buyout|bought|rachat|rachète|übernahme\w*|kaufpreis|zukauf|adquisici\w+"
    r"|acquisizione|overname|aquisição|przejęci\w*|licen[cs]e fee|lizenzgebühr|price|förvärv\w*"
    r"|compra\w*|acquist\w+|achat|achète|racheter|kauft|kaufen|koopt|kopen|kupuje|kupi|köper|kjøper|comprar",
    "fine": r"fin(?:es?|ed|ing)|penalt\w+|settle\w*|sanctions?|amendes?|astreinte\w*|condamn\w+|bußgeld\w*|geldbuße\w*|strafe\w*|zwangsgeld\w*"
    r"|multas?|multad[oa]s?|multar\w*|sanci[oó]n\w*|sanzion\w+|boetes?|dwangsom\w*|coimas?|kar[aęy]|ukara\w+|grzywn\w+|böter\w*|vite\w*"
    r"|sanktionsavgift\w*|штраф\w*",
    "commitment": r"commit(?:s|ted|ment|ments|ting)?|pledg\w+|(?:promise|undertake)\w* to (?:spend|buy)|contracts?|s.engag\w+|engagement\w*"
    r"|verpflicht\w+|auftragswert\w*|se compromet\w+|si impegn\w+|impegn\w+|verbind\w+|compromete\w*|zobowiąz\w+|åta\w+",
    "investment": r"invest\w*|stakes?|funding|financing|rounds?|raise[sd]?|backing|inject\w*|participation|tours? de table|levées?|lève|met|mise|verse\w*|injecte"
    r"|apport\w*|beteilig\w+|finanzierungsrunde|kapitalspritze|inversi[oó]n\w*|invierte\w*|ronda|inleg|belang|financieringsronde|aporte\w*"
    r"|rodada|inwest\w+|rund[aęy]\w*|satsa\w*|инвест\w+",
}
# Within a compound ("Jahresumsatz", "Transaktionswertschwelle"), and in scripts that set no spaces.
_INNER = {
    "valuation": "時価総額|企業価値|評価額|시가총액|기업가치|估值|市值",
    "revenue": "umsatz|umsätze|erlös|売上|収益|利益|赤字|黒字|設備投資|受注残|履行義務|매출|영업이익|이익|적자|흑자|설비투자|시설투자|자본지출|营收|營收|收入|利润|利潤|资本支出|資本支出",
    "threshold": "schwelle|閾値|基準額|届出基準|기준금액|门槛|申报标准",
    "cost": "費用|コスト|비용|成本",
    "price": "買収|인수|收购",
    "fine": "制裁金|課徴金|罰金|과징금|벌금|罚款|罚金",
    "commitment": "契約|계약|合同",
    "investment": "出資|(?<!設備)投資|資金調達|(?<!설비)(?<!시설)투자|投资|融资",
}
# "An operation valued at 20 billion" gives the price of the operation; "a firm valued at" its valuation.
_PARTICIPLE = re.compile(
    r"valued|vaut|valait|vaudrait|valant|vale|valen|valdría|valgono|valía|valia|valeva|valorad|valutat|bewertet|valorisé|gewaardeerd|avaliad|wycenian|värdera"
)
_DEAL = re.compile(
    r"(?<!\w)(?:deal|takeover|acquisition|purchase|transaction|contract|agreement|pact|merger|investment|opération|accord|contrat|rachat"
    r"|übernahme|zukauf|vertrag|auftrag|transaktion|operaci[oó]n|acuerdo|compra|caso|contrato|adquisici[oó]n|fusi[oó]n|operazione|accordo"
    r"|contratto|acquisizione|overname|operação|acordo|aquisição|transakcj|umow|przejęci|affär|förvärv|amende|multa|boete|coima)(?:(?!\bthat\b|\bwhich\b|\bqui\b)[^.;0-9]){0,45}\Z"
)


def _alternatives(pattern: str) -> list[str]:
    """Split a pattern at its outermost bars."""
    parts, depth = [""], 0
    for char in pattern:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(char, 0)
        if char == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _by_initial() -> Mapping[str, re.Pattern[str]]:
    """One pattern for each first letter, so that a word is tried against the few cues that it may begin."""
    found: dict[str, dict[str, list[str]]] = {}
    for kind, pattern in _CUES.items():
        for part in _alternatives(pattern):
            bare = re.sub(r"^(?:\(\?<![^)]*\))+", "", part)
            initial = bare.removeprefix("(?:")[0]
            found.setdefault(initial, {}).setdefault(kind, []).append(part)
    return {
        initial: re.compile(
            "|".join(rf"(?P<{kind}>(?:{'|'.join(parts)})(?!\w))" for kind, parts in kinds.items())
        )
        for initial, kinds in found.items()
    }


_WORDS = _by_initial()
_INSIDE = re.compile("|".join(f"(?P<{kind}>{parts})" for kind, parts in _INNER.items()))
_WORD_START = re.compile(r"(?<![^\W_])[^\W\d_]")
_BREAK = re.compile(r"[\n;!?。！？]|\.\s+(?=[^\Wa-z\d_])|[.…]$")
_ABBREVIATED = re.compile(r"(?:Mrd|Mio|Mill|Mia|US|Inc|Corp|Ltd|approx|ca)\.\s*$", re.IGNORECASE)
_TOWARDS = re.compile(
    r"\s*(?:of|at|to|from|by|with|as|above|over|under|below|reached|hit|von|auf|bei|über|in Höhe von|de|à|d'|en|por|di|da|"
    r"a|van|op|met|na|o|w|på|om|till|is|was|were|are|be|est|ist|es|è|:|=|は|が|を|の|达|达到|为|은|는|이|가)(?:[\s'0-9$€£]|$)",
    re.IGNORECASE,
)
# "$331bn in revenue", "82 Mio. Dollar Jahresumsatz", "3 milliards de chiffre d'affaires": the sum just before.
_OF_IT = re.compile(
    r"\s(?:(?:in|of|de|di|d'|von|van|em|i|w)\s)?(?:(?:annual|yearly|quarterly|net|total|annuel\w*)\s)?|\s?d'"
)
# "13 milliards dans OpenAI et touche une part des revenus": what follows speaks of something else.
_NEW_CLAUSE = re.compile(
    r"[,:–—(]|(?<!\w)(?:that|which|qui|and|et|und|y|e|en|och|but|mais|aber|pero|while|although|whose|dont|deren|cuya?|la cui)(?!\w)"
)
_CHAIN = re.compile(
    r"[\s,]*(?:and|to|from|or|und|auf|et|à|y|a|e|en|naar|i|do|och|till|から|より|,)?(?:\s(?:now|a|about|some|around))?\s*",
    re.IGNORECASE,
)


def kinds_of(text: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    """Return the kind of each sum; `spans` are the sums' places in order. Each cue speaks of one sum: the nearest."""
    bound: list[tuple[int, str]] = [(REACH + 1, "other")] * len(spans)
    for kind, start, end in _cues(text, spans):
        found = _nearest(text, spans, start, end, kind)
        if found is not None and found[1] < bound[found[0]][0]:
            bound[found[0]] = (found[1], kind)
    kinds = [kind for _, kind in bound]
    for i in range(1, len(spans)):
        gap = text[spans[i - 1][1] : spans[i][0]]
        if kinds[i] == "other" and not counted(kinds[i - 1]) and len(gap) < 12 and _CHAIN.fullmatch(gap):
            kinds[i] = kinds[i - 1]
        elif kinds[i - 1] == "other" and not counted(kinds[i]) and len(gap) < 6 and _CHAIN.fullmatch(gap):
            kinds[i - 1] = kinds[i]
    return kinds


def _cues(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[str, int, int]]:
    for low, high in _regions(spans, len(text)):
        window = text[low:high].lower()
        if len(window) != high - low:
            window = text[low:high]
        free = 0
        for word in _WORD_START.finditer(window):
            pattern = _WORDS.get(word.group())
            match = pattern.match(window, word.start()) if pattern and word.start() >= free else None
            if match is not None:
                free = match.end()
                kind = match.lastgroup or "other"
                spoken = kind == "cost" or (kind == "valuation" and _PARTICIPLE.match(match.group()))
                if spoken and _DEAL.search(window[:free]):
                    kind = "price"
                yield kind, low + match.start(), low + free
        for inner in _INSIDE.finditer(window):
            yield inner.lastgroup or "other", low + inner.start(), low + inner.end()


def _regions(spans: Sequence[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        low, high = max(0, start - REACH - 30), min(length, end + REACH)
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return merged


def _nearest(
    text: str, spans: Sequence[tuple[int, int]], start: int, end: int, kind: str
) -> tuple[int, int] | None:
    """Return the sum that a cue at [start, end) speaks of, with its distance; what follows "of" or "at" is preferred."""
    after = bisect_left(spans, (end, 0))
    inside = after - 1
    if inside >= 0 and spans[inside][1] > start:
        return None
    ahead = _gap(text, end, spans[after][0]) if after < len(spans) else None
    behind = _gap(text, spans[inside][1], start) if inside >= 0 else None
    if behind is not None and _OF_IT.fullmatch(behind):
        return inside, 1
    if not counted(kind):
        behind = None if behind is not None and (len(behind) > 30 or _NEW_CLAUSE.search(behind)) else behind
        ahead = None if ahead is not None and _NEW_CLAUSE.match(ahead) else ahead
    if ahead is not None and _TOWARDS.match(ahead + "0") and len(ahead) <= REACH // 2:
        return after, min(len(ahead), 3)
    if ahead is not None and (behind is None or len(ahead) < len(behind)):
        return after, len(ahead)
    return None if behind is None else (inside, len(behind))


def _gap(text: str, start: int, end: int) -> str | None:
    """Return the text between a cue and a sum, or None where a sentence ends there or the way is too long."""
    if end - start > REACH:
        return None
    gap = text[start:end]
    for stop in _BREAK.finditer(gap):
        if not _ABBREVIATED.search(text[max(0, start + stop.start() - 8) : start + stop.start() + 1]):
            return None
    return gap
