"""What the authorities publish in the replayed quarter: a GOV.UK case page, press corners, and unrelated work."""

from __future__ import annotations

from dataclasses import dataclass

SLUG = "google-slash-anthropic-partnership-merger-inquiry"
CASE_TITLE = "Google / Anthropic partnership merger inquiry"
_LEAD = "The CMA is looking into the partnership between Alphabet Inc. (Google) and Anthropic PBC."


@dataclass(frozen=True, slots=True)
class CaseUpdate:
    """One state of the case page; `note` is what the content API says of the change, empty for none."""

    day: float
    summary: str
    note: str


CASE = (
    CaseUpdate(
        3.2,
        f"{_LEAD} Invitation to comment: opens 5 March 2026, closes on 19 March 2026.",
        "First published.",
    ),
    CaseUpdate(
        10.1,
        f"{_LEAD} Invitation to comment: opens 5 March 2026 and closes on 19 March 2026.",
        "Typo corrected.",
    ),
    CaseUpdate(
        24.1,
        f"{_LEAD} Launch of merger inquiry: 26 March 2026. The deadline for the phase 1 decision is 28 May 2026.",
        "Launch of phase 1 merger inquiry announced.",
    ),
    CaseUpdate(
        38.1,
        f"{_LEAD} Launch of merger inquiry: 26 March 2026. The deadline for the phase 1 decision is 28 May 2026.",
        "",
    ),
    CaseUpdate(
        50.1,
        f"{_LEAD} Launch of merger inquiry: 26 March 2026. The deadline for the phase 1 decision is 11 June 2026.",
        "Deadline for the phase 1 decision extended.",
    ),
    CaseUpdate(
        70.1,
        f"{_LEAD} Phase 1 decision: on 11 May 2026 the CMA cleared the partnership.",
        "Phase 1 clearance decision announced.",
    ),
    CaseUpdate(
        78.1,
        f"{_LEAD} Phase 1 decision: on 11 May 2026 the CMA cleared the partnership. Full text published.",
        "Full text decision published.",
    ),
)
OTHER_CASES = (
    (-20.0, "aggregate-slash-breedon-merger-inquiry", "Aggregate / Breedon merger inquiry", "The CMA is investigating a merger of quarries."),
    (-9.0, "funerals-market-remedies", "Funerals market: remedies", "The CMA monitors the funerals order."),
    (-2.0, "consumer-law-ticketing", "Online ticketing: consumer law investigation", "The CMA is investigating ticket sales under consumer law."),
    (50.05, "sofas-misleading-discounts", "Sofas: misleading discounts", "The CMA is investigating discount claims under consumer law."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Release:
    """One press release of an authority."""

    day: float
    title: str
    text: str
    link: str


EC = (
    Release(-3.0, "Commission approves acquisition of joint control of a logistics company", "Merger case M.11999 under the simplified procedure.", "https://ec.test/presscorner/ip_26_401"),
    Release(
        9.0, "Commission sends requests for information on the partnership between Microsoft and OpenAI",
        "The European Commission has sent requests for information to Microsoft and OpenAI to find out whether"
        " exclusivity clauses in their partnership may have a negative effect on competition under Articles 101 and 102"
        " TFEU.", "https://ec.test/presscorner/ip_26_455",
    ),
    Release(20.0, "Commission publishes guidelines on general-purpose AI models under the AI Act", "The guidelines help providers comply with the AI Act.", "https://ec.test/presscorner/ip_26_512"),
    Release(
        30.0, "Antitrust: Commission opens formal proceedings against Microsoft over its partnership with OpenAI",
        "The European Commission has opened a formal antitrust investigation to assess whether Microsoft has breached EU"
        " competition rules by exclusivity terms in its partnership with OpenAI (case AT.40990). The opening of"
        " proceedings does not prejudge the outcome.", "https://ec.test/presscorner/ip_26_577",
    ),
    Release(57.0, "Daily News 28/04/2026: statistics on retail trade", "Eurostat publishes figures.", "https://ec.test/presscorner/mex_26_900"),
)  # fmt: skip
FTC = (
    Release(-4.0, "FTC Sends Refunds to Consumers Harmed by Tech Support Scheme", "The agency is mailing checks.", "https://ftc.test/news/refunds"),
    Release(
        15.0, "FTC Issues 6(b) Orders to Amazon and OpenAI on Their Cloud Partnership",
        "The Federal Trade Commission today issued orders under Section 6(b) of the FTC Act requiring Amazon.com, Inc. and"
        " OpenAI to provide information regarding their multibillion-dollar partnership, including its impact on"
        " competition and access to computing resources. The companies have 45 days to respond.",
        "https://ftc.test/news/6b-orders-amazon-openai",
    ),
    Release(15.0, "FTC Takes Action Against Company for Deceptive AI Claims", "The complaint alleges violations of consumer protection law.", "https://ftc.test/news/deceptive-ai"),
    Release(
        64.0, "FTC Issues Staff Report on Amazon's Partnership with OpenAI",
        "The Federal Trade Commission today published a staff report on the partnership between Amazon and OpenAI that"
        " examines access to inputs, switching costs and sensitive information, based on its 6(b) orders.",
        "https://ftc.test/news/staff-report-amazon-openai",
    ),
)  # fmt: skip
