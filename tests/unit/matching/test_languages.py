"""Headlines in eleven languages, with the label and the stage that a reader gives them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.matching.matcher import Given, Matcher
from bot.matching.rule_file import load_rules

RULES = Path(__file__).parents[3] / "rules"

SENTENCES = {
    "fr": (
        ("L'autorité britannique de la concurrence épluche l'accord entre Amazon et Anthropic", "signal", "inquiry"),
        ("La FTC réclame à Microsoft ses contrats avec OpenAI", "signal", "inquiry"),
        ("La CMA ouvre une enquête approfondie sur le rachat de Cohere par Oracle", "signal", "investigation"),
        ("Bruxelles inflige une amende à Google pour ses accords avec Anthropic", "signal", "decision"),
        ("La Commission européenne clôture le dossier Microsoft-OpenAI sans remède", "signal", "decision"),
        ("La FTC abandonne son enquête sur l'entrée d'Amazon chez Anthropic", "signal", "decision"),
        ("Microsoft conteste devant le Tribunal de l'UE la décision de Bruxelles sur OpenAI", "signal", "litigation"),
        ("La CMA redoute l'emprise de Microsoft et d'OpenAI sur l'IA", "signal", "concern"),
        ("Le gendarme italien de la concurrence interroge Google sur ses liens avec Anthropic", "other", "inquiry"),
        ("L'autorité indienne de la concurrence notifie des griefs à Google et Perplexity", "other", "investigation"),
    ),
    "de": (
        ("Britische Kartellwächter überprüfen Amazons Einstieg bei Anthropic", "signal", "inquiry"),
        ("FTC verlangt Unterlagen von Microsoft zur Partnerschaft mit OpenAI", "signal", "inquiry"),
        ("EU-Kommission leitet Untersuchung ein: Microsoft und OpenAI im Fokus der Kartellwächter", "signal", "investigation"),
        ("CMA billigt Übernahme von Cohere durch Oracle", "signal", "decision"),
        ("Brüssel verhängt Geldbuße gegen Google wegen Anthropic-Beteiligung", "signal", "decision"),
        ("FTC stellt Ermittlungen gegen Amazon und Adept ein", "signal", "decision"),
        ("Microsoft legt Rechtsmittel gegen die EU-Kommission im Fall OpenAI ein", "signal", "litigation"),
        ("CMA besorgt über Bindung von OpenAI an Microsoft", "signal", "concern"),
        ("Italienische Wettbewerbshüter erkundigen sich bei Google nach Anthropic", "other", "inquiry"),
        ("Kartellamt mahnt Microsoft wegen OpenAI-Bündelung ab", "other", "investigation"),
    ),
    "es": (
        ("La autoridad británica de la competencia escruta la alianza de Amazon y Anthropic", "signal", "inquiry"),
        ("La FTC solicita información a Microsoft sobre OpenAI", "signal", "inquiry"),
        ("La CMA inicia una investigación sobre la compra de Cohere por Oracle", "signal", "investigation"),
        ("Bruselas multó a Google por su acuerdo con Anthropic", "signal", "decision"),
        ("La Comisión Europea da carpetazo al caso Microsoft-OpenAI", "signal", "decision"),
        ("La CMA avala la entrada de Nvidia en Mistral AI", "signal", "decision"),
        ("Microsoft recurrirá ante el Tribunal General la decisión de Bruselas sobre OpenAI", "signal", "litigation"),
        ("La CMA, alarmada por los lazos de Microsoft con OpenAI: la entrevista a Cardell", "signal", "concern"),
        ("La CNMC pide explicaciones a Google por su inversión en Anthropic", "other", "inquiry"),
        ("La CNMC incoa expediente sancionador a Amazon por Anthropic", "other", "investigation"),
    ),
    "it": (
        ("L'antitrust britannico passa al setaccio l'intesa tra Amazon e Anthropic", "signal", "inquiry"),
        ("La FTC chiede spiegazioni a Microsoft su OpenAI", "signal", "inquiry"),
        ("La CMA avvia un esame approfondito dell'acquisto di Cohere da parte di Oracle", "signal", "investigation"),
        ("Bruxelles infligge una multa a Google per l'accordo con Anthropic", "signal", "decision"),
        ("La Commissione europea archivia il dossier Microsoft-OpenAI", "signal", "decision"),
        ("Semaforo verde della CMA all'ingresso di Nvidia in Mistral AI", "signal", "decision"),
        ("Microsoft ricorre al Tribunale Ue contro la Commissione sul caso OpenAI", "signal", "litigation"),
        ("Timori della CMA per la presa di Microsoft su OpenAI", "signal", "concern"),
        ("L'antitrust tedesco chiede documenti a Google su Anthropic", "other", "inquiry"),
        ("Agcm, aperta un'istruttoria su Google e Anthropic", "other", "investigation"),
    ),
    "nl": (
        ("Britse concurrentiewaakhond licht alliantie van Amazon en Anthropic door", "signal", "inquiry"),
        ("FTC vraagt stukken op bij Microsoft over OpenAI", "signal", "inquiry"),
        ("CMA begint een onderzoek: diepteonderzoek naar overname van Cohere door Oracle", "signal", "investigation"),
        ("Brussel legt boete op aan Google om deal met Anthropic", "signal", "decision"),
        ("Europese Commissie beëindigt onderzoek naar Microsoft en OpenAI", "signal", "decision"),
        ("CMA gaat akkoord met belang van Nvidia in Mistral AI", "signal", "decision"),
        ("Microsoft stapt naar het EU-gerecht om besluit van Brussel over OpenAI", "signal", "litigation"),
        ("CMA bezorgd over greep van Microsoft op OpenAI", "signal", "concern"),
        ("ACM wil inzage in contract van Google met Anthropic", "other", "inquiry"),
        ("Duitse kartelwaakhond opent procedure tegen Microsoft en OpenAI", "other", "investigation"),
    ),
    "pt": (
        ("Autoridade britânica da concorrência esmiúça aliança entre Amazon e Anthropic", "signal", "inquiry"),
        ("FTC pede esclarecimentos à Microsoft sobre a OpenAI", "signal", "inquiry"),
        ("CMA inicia uma investigação à compra da Cohere pela Oracle", "signal", "investigation"),
        ("Bruxelas aplica coima à Google por acordo com a Anthropic", "signal", "decision"),
        ("Comissão Europeia põe fim à investigação sobre Microsoft e OpenAI", "signal", "decision"),
        ("CMA dá luz verde à entrada da Nvidia na Mistral AI", "signal", "decision"),
        ("Microsoft recorre da decisão de Bruxelas sobre a OpenAI no Tribunal Geral", "signal", "litigation"),
        ("CMA receia domínio da Microsoft sobre a OpenAI", "signal", "concern"),
        ("Cade pede informações ao Google sobre investimento na Anthropic no Brasil", "other", "inquiry"),
        ("Antitruste japonesa faz inspeção surpresa na Microsoft por causa da OpenAI", "other", "investigation"),
    ),
    "pl": (
        ("Brytyjski urząd antymonopolowy prześwietla umowę Amazona z Anthropic", "signal", "inquiry"),
        ("FTC żąda wyjaśnień od Microsoftu w sprawie OpenAI", "signal", "inquiry"),
        ("CMA rozpoczyna dochodzenie w sprawie przejęcia Cohere przez Oracle", "signal", "investigation"),
        ("Bruksela nakłada karę na Google za umowę z Anthropic", "signal", "decision"),
        ("Komisja Europejska umarza postępowanie w sprawie Microsoft i OpenAI", "signal", "decision"),
        ("CMA zatwierdziła wejście Nvidii do Mistral AI", "signal", "decision"),
        ("Microsoft odwołuje się do sądu od decyzji Brukseli w sprawie OpenAI", "signal", "litigation"),
        ("CMA obawia się dominacji Microsoftu i OpenAI", "signal", "concern"),
        ("Niemiecki urząd antymonopolowy dopytuje Google o Anthropic", "other", "inquiry"),
        ("Włoski urząd antymonopolowy wszczyna śledztwo w sprawie Google i Anthropic", "other", "investigation"),
    ),
    "sv": (
        ("Brittiska konkurrensmyndigheten synar Amazons avtal med Anthropic", "signal", "inquiry"),
        ("FTC begär handlingar från Microsoft om OpenAI", "signal", "inquiry"),
        ("CMA inleder fördjupad granskning av Oracles köp av Cohere", "signal", "investigation"),
        ("EU-kommissionen bötfäller Google för avtalet med Anthropic", "signal", "decision"),
        ("FTC lägger ner utredningen av Amazon och Adept", "signal", "decision"),
        ("CMA ger klartecken till Nvidias köp av andel i Mistral AI", "signal", "decision"),
        ("Microsoft överklagar EU-kommissionens beslut om OpenAI till EU-domstolen", "signal", "litigation"),
        ("CMA varnar för Microsofts grepp om OpenAI", "signal", "concern"),
        ("Tyska konkurrensmyndigheten begär uppgifter från Google om Anthropic", "other", "inquiry"),
        ("Danska Konkurrence- og Forbrugerstyrelsen indleder sag mod Microsoft og OpenAI", "other", "investigation"),
    ),
    "ja": (
        ("英競争・市場庁、アマゾンとアンソロピックの提携について聞き取り", "signal", "inquiry"),
        ("米連邦取引委員会、マイクロソフトとオープンAIの契約の資料を求める", "signal", "inquiry"),
        ("英競争当局、エヌビディアのミストラル出資で本審査", "signal", "investigation"),
        ("欧州委員会、グーグルに制裁金　アンソロピックとの契約巡り競争法違反", "signal", "decision"),
        ("英競争・市場庁、マイクロソフトとオープンAIの審査を終了", "signal", "decision"),
        ("米連邦取引委員会、アマゾンとアンソロピックの調査を打ち切った", "signal", "decision"),
        ("マイクロソフト、オープンAIを巡る欧州委員会の競争法決定に不服、一般裁判所に提訴", "signal", "litigation"),
        ("英競争当局、マイクロソフトとオープンAIの関係を危惧", "signal", "concern"),
        ("公取委、グーグルとアンソロピックの提携をヒアリング", "other", "inquiry"),
        ("公取委、マイクロソフトに立ち入り検査　オープンAIとの契約で", "other", "investigation"),
    ),
    "ko": (
        ("영국 경쟁당국, 아마존과 앤트로픽 제휴 들여다본다", "signal", "inquiry"),
        ("미국 연방거래위원회, 마이크로소프트에 오픈AI 자료 요구", "signal", "inquiry"),
        ("영국 경쟁시장청, 엔비디아의 미스트랄 투자 본심사", "signal", "investigation"),
        ("EU 집행위, 구글에 과징금…앤트로픽 계약 반독점 위반", "signal", "decision"),
        ("영국 경쟁시장청, 마이크로소프트와 오픈AI 제휴 무혐의로 종결", "signal", "decision"),
        ("미국 연방거래위원회, 아마존과 앤트로픽 조사를 마무리", "signal", "decision"),
        ("마이크로소프트, 오픈AI 관련 EU 집행위 반독점 결정에 불복해 일반법원에 제소", "signal", "litigation"),
        ("영국 경쟁당국, 마이크로소프트와 오픈AI 관계에 우려", "signal", "concern"),
        ("공정위, 구글과 앤트로픽 제휴 예비조사", "other", "inquiry"),
        ("공정위, 마이크로소프트와 오픈AI 계약 현장조사", "other", "investigation"),
    ),
    "zh": (
        ("英国竞争机构问询亚马逊与Anthropic的合作", "signal", "inquiry"),
        ("美国联邦贸易委员会要求提供微软与OpenAI的协议", "signal", "inquiry"),
        ("英国竞争与市场管理局对英伟达投资Mistral AI展开深入审查", "signal", "investigation"),
        ("欧盟委员会就谷歌与Anthropic的协议开出反垄断罚单", "signal", "decision"),
        ("英国竞争与市场管理局结束对微软与OpenAI的审查", "signal", "decision"),
        ("美国联邦贸易委员会终止调查亚马逊与Anthropic的合作", "signal", "decision"),
        ("微软就欧盟委员会对OpenAI合作的反垄断决定提起诉讼", "signal", "litigation"),
        ("英国竞争机构对微软与OpenAI的关系表示担忧", "signal", "concern"),
        ("德国反垄断机构约谈谷歌，涉及Anthropic投资", "other", "inquiry"),
        ("市场监管总局对英伟达与DeepSeek的合作立案调查", "other", "investigation"),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(load_rules(RULES))


@pytest.mark.parametrize(
    ("language", "title", "label", "stage"),
    [
        pytest.param(language, *sentence, id=f"{language}-{number}")
        for language, sentences in SENTENCES.items()
        for number, sentence in enumerate(sentences, 1)
    ],
)
def test_a_headline_has_the_label_and_stage_of_its_words(
    matcher: Matcher, language: str, title: str, label: str, stage: str
) -> None:
    """The words of each language for what an authority does tell how far it has gone."""
    reading = matcher.read(title=title, summary="", body="", language=language)
    assert (reading.label, reading.facts.stage) == (label, stage)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("words", "language"),
    [("dass ", "de"), ("judge raid court orders Microsoft OpenAI FTC antitrust ", "en")],
    ids=["conjunctions", "acts"],
)
def test_a_sentence_without_end_is_read(matcher: Matcher, words: str, language: str) -> None:
    """Each word asks only those near it, so that no sentence of a hostile feed holds up the others."""
    text = "Microsoft OpenAI Kartell ordnet " + words * (300_000 // len(words)) + "die Kommission"
    reading = matcher.read_given(Given(title=text, summary="", body=text, language=language))
    assert {"microsoft", "openai"} <= set(reading.facts.companies)
