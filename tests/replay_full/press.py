"""What the press writes in the replayed quarter: twenty-five articles about one CMA matter, others, and noise.

All of it is invented; the outlets do not exist. Days count from the start of the replay.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Story:
    """One article. `outlet` is who wrote it, `about` what it is for the test: cma, ec, ftc or noise."""

    day: float
    feed: str
    about: str
    outlet: str
    title: str
    text: str = ""


CMA_STORIES = (
    Story(
        2.9, "en", "cma", "Harbour Ledger",
        "UK watchdog asks rivals about Google's Anthropic partnership, letters show",
        "The Competition and Markets Authority is looking into Google's partnership with Anthropic, according to letters"
        " that it sent to two competitors and that were seen by this newspaper.",
    ),
    Story(3.5, "en", "cma", "Morning Docket", "CMA invites comments on Google's partnership with Anthropic"),
    Story(
        3.6, "en", "cma", "Thames Wire",
        "Google-Anthropic tie-up draws UK antitrust scrutiny",
        "Britain's competition regulator said on Thursday it was seeking views on whether Google's partnership with"
        " Anthropic, the maker of Claude, has resulted in a relevant merger situation. Google, part of Alphabet, has"
        " put more than $2 billion into the San Francisco start-up, which buys cloud capacity from it. The CMA's"
        " invitation to comment closes on 19 March 2026. An Anthropic spokesperson said the company would cooperate"
        " and that it remained independent. Google said Anthropic was free to use several cloud providers.",
    ),
    Story(
        3.7, "fr", "cma", "La Gazette du Numérique",
        "Royaume-Uni : l'autorité de la concurrence se penche sur le partenariat entre Google et Anthropic",
        "La CMA, l'autorité britannique de la concurrence, a lancé jeudi un appel à commentaires sur le partenariat"
        " entre Google et Anthropic. Les parties intéressées ont jusqu'au 19 mars 2026 pour répondre.",
    ),
    Story(
        3.8, "de", "cma", "Kanzlei-Kurier",
        "Britische Wettbewerbsbehörde CMA nimmt Partnerschaft von Google und Anthropic unter die Lupe",
        "Die britische Wettbewerbsbehörde CMA bittet um Stellungnahmen zur Partnerschaft zwischen Google und dem"
        " KI-Start-up Anthropic. Geprüft wird, ob die Zusammenarbeit als Fusion zu werten ist.",
    ),
    Story(
        4.5, "es", "cma", "Diario de Mercados",
        "La CMA británica examina la alianza entre Google y Anthropic",
        "La autoridad de competencia del Reino Unido (CMA) ha abierto un plazo para recibir comentarios sobre la"
        " alianza de Google con Anthropic, en la que el buscador ha invertido 2.000 millones de dólares.",
    ),
    Story(
        4.6, "it", "cma", "Il Foglio dei Mercati",
        "Antitrust britannico, faro sulla partnership tra Google e Anthropic",
        "La CMA, l'autorità antitrust del Regno Unito, ha invitato le parti interessate a presentare osservazioni sulla"
        " partnership tra Google e Anthropic.",
    ),
    Story(6.5, "fr", "cma", "Le Courrier du Cloud", "Google-Anthropic : le gendarme britannique de la concurrence consulte"),
    Story(
        8.0, "de", "cma", "Rheinischer Börsenbote",
        "CMA prüft Googles Beteiligung an Anthropic",
        "Die CMA prüft die milliardenschwere Beteiligung von Google an Anthropic. Noch handelt es sich um eine"
        " Vorprüfung, eine förmliche Untersuchung wurde nicht eingeleitet.",
    ),
    Story(
        12.5, "en", "cma", "Counsel's Notebook",
        "What the CMA's Google/Anthropic inquiry means for minority stakes",
        "The CMA's invitation to comment on Google's partnership with Anthropic shows how far material influence can"
        " reach: board observers, cloud commitments and most-favoured access may be enough.",
    ),
    Story(24.4, "en", "cma", "Thames Wire", "Britain's CMA launches phase 1 investigation into Google's Anthropic partnership"),
    Story(
        24.6, "en", "cma", "Harbour Ledger",
        "UK opens formal merger probe of Google's ties with Anthropic",
        "The Competition and Markets Authority on Thursday opened a formal merger investigation into Google's"
        " partnership with Anthropic. It has until 28 May 2026 to decide whether to start an in-depth phase 2 inquiry.",
    ),
    Story(
        25.5, "fr", "cma", "La Gazette du Numérique",
        "La CMA ouvre une enquête formelle sur le partenariat entre Google et Anthropic",
        "L'autorité britannique de la concurrence a ouvert une enquête de phase 1 sur le partenariat de Google avec"
        " Anthropic. Elle rendra sa décision au plus tard le 28 mai 2026.",
    ),
    Story(
        25.6, "de", "cma", "Kanzlei-Kurier",
        "CMA leitet förmliche Untersuchung zu Google und Anthropic ein",
        "Die britische Wettbewerbsbehörde hat eine förmliche Untersuchung der Partnerschaft von Google mit Anthropic"
        " eingeleitet (Phase 1). Eine Entscheidung soll bis zum 28. Mai 2026 fallen.",
    ),
    Story(
        26.5, "es", "cma", "Diario de Mercados",
        "La CMA abre una investigación formal sobre la alianza entre Google y Anthropic",
        "El regulador británico ha iniciado la fase 1 de su investigación sobre la alianza entre Google y Anthropic.",
    ),
    Story(
        26.6, "it", "cma", "Il Foglio dei Mercati",
        "La CMA avvia un'indagine formale sulla partnership tra Google e Anthropic",
        "L'autorità antitrust britannica ha avviato la fase 1 dell'indagine sulla partnership fra Google e Anthropic.",
    ),
    Story(
        26.7, "it", "cma", "Corriere del Diritto",
        "Google-Anthropic, Londra apre l'istruttoria",
        "L'antitrust del Regno Unito (CMA) ha aperto un'istruttoria formale sull'accordo tra Google e Anthropic.",
    ),
    Story(
        51.5, "en", "cma", "Morning Docket",
        "CMA pushes back deadline in Google/Anthropic merger probe",
        "The CMA has extended the deadline for its phase 1 decision on Google's partnership with Anthropic to"
        " 11 June 2026.",
    ),
    Story(
        51.6, "fr", "cma", "Le Courrier du Cloud",
        "Google-Anthropic : l'enquête de la CMA se prolonge jusqu'au 11 juin 2026",
        "L'autorité britannique de la concurrence prolonge son enquête de phase 1 sur le partenariat Google-Anthropic.",
    ),
    Story(
        70.4, "en", "cma", "Thames Wire",
        "UK's CMA clears Google's partnership with Anthropic",
        "Britain's competition regulator on Monday cleared Google's partnership with Anthropic after a phase 1"
        " investigation, saying the tie-up does not give rise to a realistic prospect of a substantial lessening of"
        " competition.",
    ),
    Story(70.6, "en", "cma", "Counsel's Notebook", "Google/Anthropic cleared: CMA closes its merger inquiry"),
    Story(
        71.5, "fr", "cma", "La Gazette du Numérique",
        "La CMA donne son feu vert au partenariat entre Google et Anthropic",
        "L'autorité britannique de la concurrence a autorisé lundi le partenariat entre Google et Anthropic et clos son"
        " enquête.",
    ),
    Story(
        71.6, "de", "cma", "Rheinischer Börsenbote",
        "CMA gibt Partnerschaft von Google und Anthropic frei",
        "Die britische Wettbewerbsbehörde hat ihre Untersuchung zur Partnerschaft zwischen Google und Anthropic ohne"
        " Auflagen abgeschlossen.",
    ),
    Story(
        72.5, "es", "cma", "Diario de Mercados",
        "La CMA da luz verde a la alianza entre Google y Anthropic",
        "El regulador británico de la competencia cierra su investigación sobre la alianza entre Google y Anthropic.",
    ),
    Story(
        72.6, "it", "cma", "Il Foglio dei Mercati",
        "La CMA dà il via libera alla partnership tra Google e Anthropic",
        "L'autorità antitrust britannica ha chiuso l'indagine sulla partnership tra Google e Anthropic.",
    ),
)  # fmt: skip

OTHER_STORIES = (
    Story(
        8.2, "de", "ec", "Kanzlei-Kurier",
        "EU-Kommission verschickt Fragebögen zur Partnerschaft von Microsoft und OpenAI",
        "Die EU-Kommission hat Auskunftsersuchen zur Partnerschaft zwischen Microsoft und OpenAI verschickt. Sie will"
        " wissen, ob Exklusivitätsklauseln den Wettbewerb in der Cloud beschränken.",
    ),
    Story(
        16.0, "es", "ec", "Gaceta Europea",
        "Bruselas pide información a Microsoft y OpenAI sobre su alianza",
        "La Comisión Europea ha enviado solicitudes de información a Microsoft y OpenAI sobre su alianza en la nube.",
    ),
    Story(
        16.5, "it", "ftc", "Corriere del Diritto",
        "La FTC chiede informazioni ad Amazon e OpenAI sul loro accordo",
        "La Federal Trade Commission ha chiesto informazioni ad Amazon e OpenAI sull'accordo per il cloud.",
    ),
    Story(
        71.0, "en", "ftc", "Harbour Ledger",
        "FTC staff report flags risks in Amazon's OpenAI deal",
        "A staff report of the Federal Trade Commission says Amazon's partnership with OpenAI could raise switching"
        " costs for start-ups.",
    ),
)  # fmt: skip

NOISE = (
    Story(0, "en", "noise", "Thames Wire", "AWS revenue climbs 19% as cloud demand holds", "Amazon beat estimates on Thursday."),
    Story(0, "fr", "noise", "Le Courrier du Cloud", "Microsoft ouvre un centre de données à Mulhouse"),
    Story(0, "de", "noise", "Rheinischer Börsenbote", "Quartalszahlen: Google Cloud wächst um ein Drittel"),
    Story(0, "es", "noise", "Diario de Mercados", "OpenAI presenta un nuevo modelo de razonamiento"),
    Story(0, "it", "noise", "Il Foglio dei Mercati", "AI Act, che cosa cambia per le imprese da agosto"),
    Story(3.4, "en", "noise", "Music Row Post", "CMA Awards: the nominees are announced in Nashville"),
    Story(
        3.3, "en", "noise", "Morning Docket",
        "FTC sues subscription service over dark patterns",
        "The Federal Trade Commission alleges the company made it hard to cancel, a consumer protection case.",
    ),
    Story(6.6, "fr", "noise", "La Gazette du Numérique", "AI Act : la Commission européenne publie ses lignes directrices sur les modèles d'IA à usage général"),
    Story(
        12.6, "en", "noise", "Thames Wire",
        "Google Cloud unveils Anthropic's newest Claude models on Vertex AI",
        "Customers can now use the models in all regions.",
    ),
    Story(16.2, "es", "noise", "Diario de Mercados", "Bruselas multa a una aerolínea por incumplir los derechos de los pasajeros"),
    Story(25.0, "de", "noise", "Kanzlei-Kurier", "Amazon gegen Abholzung: Brasilien meldet weniger Brände im Amazonasgebiet"),
    Story(51.4, "en", "noise", "Harbour Ledger", "CMA fines funeral operator for breaching an order", "The case concerns funeral pricing."),
    Story(70.3, "en", "noise", "Thames Wire", "Anthropic raises prices of its largest model"),
    Story(72.4, "de", "noise", "Rheinischer Börsenbote", "Microsoft steigert Gewinn dank KI und Cloud"),
    Story(81.0, "en", "noise", "Music Row Post", "CMA Fest announces its headliners"),
)  # fmt: skip
STORIES = (*CMA_STORIES, *OTHER_STORIES, *NOISE)
