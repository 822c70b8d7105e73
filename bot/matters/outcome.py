"""How a decision ended its matter, read from the words that prove the decision. Contains no I/O.

A decision may end a matter (cleared, closed, withdrawn, outside the law's reach) or settle it otherwise (a fine,
commitments, a prohibition, a designation). The recogniser proves a decision with spans in any of its languages;
this table says which of those words mean an end. `Facts.outcome`, where it is set, goes before.
"""

from __future__ import annotations

from storage.records import Facts
from storage.words import Stage

# Parts of words, case-folded, the most particular outcome first.
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "no-jurisdiction",
        (
            "qualif", "jurisdic", "jurisdiç", "merger situation", "falls outside", "outside merger", "influence", "einfluss", "invloed",
            "nicht unter die fusions", "test was not met", "too small", "not subject to", "cannot review", "not meet the", "entre pas dans", "pas compétente",
            "ne relève pas", "remplit pas", "constitue pas", "pas de concentration", "échapp", "kein fall",
            "nicht der fusionskontrolle", "keine fusionskontrolle", "unterliegt nicht", "zuständig", "erfüllt nicht",
            "kein zusammenschluss", "keine kontrolle", "no cumple", "no reúne", "no constituye", "competen",
            "queda fuera", "non rientra", "non soddisfa", "non costituisce", "fuori dalla", "valt niet onder",
            "bevoegd", "te klein", "komt niet in aanmerking", "geen fusie", "não preenche", "não constitui",
            "não configura", "fora do alcance", "nie podlega", "nie spełnia", "nie stanowi", "nie kwalifikuje",
            "poza kontrolą", "該当しない", "対象外", "対象とならない", "해당하지", "대상이 아", "대상 아", "不符合",
            "不构成", "不属于", "omfattas inte",
        ),
    ),
    (
        "withdrawn",
        ("withdr", "retiré", "ziehen zurück", "zieht sich zurück", "retiraron", "ritirat", "wycofa", "desiste"),
    ),
    (
        "cleared",
        (
            "clear", "waves through", "waved through", "approv", "approval", "off the hook", "escapes", "lets", "hook",
            "leaves alone", "autoris", "feu vert", "blanchit", "laisse passer", "valide", "validé", "frei", "genehmigt",
            "durchgewunken", "winkt", "grünes licht", "lässt", "autoriz", "aprueb", "aprob", "luz verde", "via libera",
            "promuove", "assolve", "prosciolt", "goedgekeurd", "keurt goed", "groen licht", "met rust", "aprov",
            "dá aval", "libera", "liberou", "zatwierdz", "zgod", "zielone", "承認", "認可", "容認", "問題なし", "승인",
            "무혐의", "허용", "批准", "放行", "通过", "无条件", "godk", "klartecken", "grönt ljus", "friar",
        ),
    ),
    (
        "closed",
        (
            "clos", "drop", "abandon", "ends ", "ended ", "wraps up", "shelve", "not a priority", "no further action",
            "will not", "won't", "not open", "decides not", "decided not", "finds no", "found no", "no sms", "renonce",
            "classe", "classé", "clôt", "referme", "range le dossier", "ferme", "enterre", "stellt ein", "eingestellt",
            "akte", "beendet", "nicht weiter", "nicht prüfen", "verzichtet", "archiv", "cierra", "cerró", "cerrad",
            "descarta", "desestima", "renuncia", "chiude", "chius", "rinuncia", "sluit", "gesloten", "staakt", "stopt",
            "ziet af", "arquiv", "encerr", "afasta", "fecha", "fechou", "umorz", "umarza", "zamkn", "zamyka", "odstąpi",
            "kończy", "zakończ", "rezygnuj", "nie zbada", "nie wszcznie", "打ち切", "終了", "終結", "見送", "開始しない",
            "調査しない", "審査しない", "종결", "종료", "마무리", "조사하지", "结束", "终止", "结案", "不会调查", "avslut",
            "lägger ne", "afslut",
        ),
    ),
)  # fmt: skip


def outcome_of(facts: Facts) -> str:
    """Return cleared, closed, withdrawn or no-jurisdiction; empty where the facts prove no end."""
    if facts.outcome or facts.stage is not Stage.DECISION:
        return facts.outcome
    proof = [
        span.text.casefold()
        for mention in facts.mentions
        if mention.kind == "stage"
        and mention.id.startswith(Stage.DECISION.value)  # decision, decision-in-title
        for span in mention.spans
    ]
    return next(
        (outcome for outcome, parts in _WORDS if any(part in text for text in proof for part in parts)), ""
    )
