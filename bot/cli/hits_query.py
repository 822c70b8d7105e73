"""What the words of `hits` mean: dates, sums, lists; together a filter. Contains no I/O, and `now` is given."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.cli.common import filled
from bot.durations import duration_of
from bot.errors import UsageError, did_you_mean
from storage.hit_filter import KINDS, LEVELS, SORTS, STAGES, STATUSES, By, HitFilter
from storage.search_query import parse

DATES = "7d, 12h, 2026-03-01, 2026-03-01T10:00, 2026-03, yesterday, monday, last month, march 2026"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_DAY = timedelta(days=1)
# Patterns are compiled when they are needed: most searches name no date and no sum.
_AGO = r"(\d{1,4}) ?(hour|day|week|month|year)s?(?: ago)?"
_NAMED = r"(?:(\d{1,2}) )?([a-z]{3,9})(?: (\d{4}))?"
_SUM = (
    r"(?:([a-z]{3}|us\$|[$€£]) ?)?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d[\d_]*(?:\.\d+)?) ?"
    r"(k|thousand|m|mn|million|b|bn|billion|tn|trillion)?(?: ?([a-z]{3}|[$€£]))?"
)
_SCALE = {"": 1, "k": 10**3, "t": 10**3, "m": 10**6, "b": 10**9, "tn": 10**12, "tr": 10**12}
_SIGNS = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP"}
SUMS = "10bn USD, EUR 500m, £1bn, or 2000000 for that figure in any currency"
Period = tuple[datetime, datetime]


def filter_of(args: argparse.Namespace, now: datetime) -> HitFilter:
    """Return the filter that the words of the command state. Raises UsageError."""
    since = start_of(args.since, now, "--since") if args.since else None
    until = end_of(args.until, now, "--until") if args.until else None
    if since is not None and until is not None and until <= since:
        raise UsageError(f"--until {args.until} ends before --since {args.since} begins")
    least, currency = sum_of(args.min_amount) if args.min_amount is not None else (None, "")
    if args.limit < 0 or args.offset < 0:
        raise UsageError("--limit and --offset count from 0")
    return HitFilter(
        query=parse(" ".join(args.words)),
        regulators=folded_list(args.regulator),
        companies=folded_list(args.company),
        rules=listed(args.rule),
        kinds=words_of(args.kind, KINDS, "--kind"),
        levels=words_of(args.level, LEVELS, "--level", ranked=True),
        stages=words_of(args.stage, STAGES, "--stage", ranked=True),
        statuses=words_of(args.status, STATUSES, "--status"),
        feeds=listed(args.feed),
        matters=listed(args.matter),
        languages=folded_list(args.language),
        since=since,
        until=until,
        by=By(args.by),
        min_amount=least,
        currency=currency,
        sort=args.sort,
        limit=args.limit,
        offset=args.offset,
    )


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Add the filters of the contract. Each may be repeated, and takes several values with commas."""
    several = "; repeat it, or use commas"
    group = parser.add_argument_group("filters (all must hold)")
    for name, what in (
        ("regulator", "ftc, cma, ec, doj, …" + several),
        ("company", "microsoft, openai, …" + several),
        ("rule", "id of a rule" + several),
        ("kind", "signal, other or deal"),
        ("level", "low, medium, high or critical; high+ is at least high"),
        ("stage", "concern, inquiry, investigation, decision or litigation; inquiry+ is at least inquiry"),
        ("feed", "id of a feed" + several),
        ("matter", "key or number of a matter" + several),
        ("language", "en, fr, …" + several),
        ("status", "live, shadow, … status of the rule when it matched"),
    ):
        group.add_argument(f"--{name}", action="append", type=filled, default=[], metavar="WORD", help=what)
    group.add_argument(
        "--min-amount",
        metavar="SUM",
        help="a sum of the deal or fine of at least that: 10bn USD, EUR 500m, £1bn; without a currency, that figure in "
        "any (1bn finds 1bn yen: nothing is converted)",
    )
    group.add_argument("--since", metavar="DATE", type=filled, help=f"from then on (UTC): {DATES}")
    group.add_argument(
        "--until", metavar="DATE", type=filled, help="up to then, the named day, month or year included"
    )
    group.add_argument(
        "--by",
        choices=[by.value for by in By],
        default="matched",
        help="the time that --since, --until, --sort mean",
    )
    page = parser.add_argument_group("order and page")
    page.add_argument("--sort", choices=SORTS, default="newest", help="default: newest")
    page.add_argument("--limit", type=int, default=50, metavar="N", help="at most N hits (default: 50)")
    page.add_argument("--offset", type=int, default=0, metavar="N", help="pass over the first N")


def listed(values: Iterable[str]) -> tuple[str, ...]:
    """Return the words of a repeatable option, commas split."""
    return tuple(word for value in values for part in value.split(",") if (word := part.strip()))


def folded_list(values: Iterable[str]) -> tuple[str, ...]:
    """Return the words in lower case, as ids are written."""
    return tuple(word.casefold() for word in listed(values))


def words_of(
    values: Iterable[str], known: Sequence[str], option: str, *, ranked: bool = False
) -> tuple[str, ...]:
    """Return words out of a fixed list, each with a `+` where ranks allow it. Raises UsageError."""
    words = folded_list(values)
    for word in words:
        base = word.removesuffix("+") if ranked else word
        if base not in known:
            hint = did_you_mean(base, known)
            shown = ", ".join(known)
            raise UsageError(f"{option} {word}: not one of {shown}" + (f"; {hint}" if hint else ""))
    return words


def sum_of(text: str) -> tuple[int, str]:
    """Return a sum of money in whole units with its currency: `10bn USD`, `EUR 500m`, `£1bn`. Raises UsageError.

    A bare number has no currency, and is that figure in any.
    """
    found = re.fullmatch(_SUM, " ".join(text.split()), re.IGNORECASE)
    if found is None:
        raise UsageError(f"--min-amount {text or '(empty)'}: not a sum; write {SUMS}")
    before, number, scale, after = (part or "" for part in found.groups())
    if before and after:
        raise UsageError(f"--min-amount {text}: names two currencies; write {SUMS}")
    from decimal import Decimal  # most searches name no sum

    value = Decimal(number.replace("_", "").replace(",", "")) * _SCALE[_scale(scale.lower())]
    return int(value), _currency((before or after).upper(), text)


def _scale(word: str) -> str:
    """Return the key of a scale: `bn` and `billion` are one."""
    return word[:2] if word.startswith("t") and word != "thousand" else word[:1]


def _currency(word: str, text: str) -> str:
    if not word or word in _SIGNS:
        return _SIGNS.get(word, "")
    from bot.matching.money_words import CODES, CURRENCIES

    if word.lower() not in CODES:
        hint = did_you_mean(word, sorted(code.upper() for code in CODES))
        raise UsageError(
            f"--min-amount {text}: {word} is no currency of ours; write {SUMS}"
            + (f"; {hint}" if hint else "")
        )
    return CURRENCIES[word.lower()]


def start_of(text: str, now: datetime, option: str) -> datetime:
    """Return the beginning of what a date names. Raises UsageError with examples."""
    return _named_period(text, now, option)[0]


def end_of(text: str, now: datetime, option: str) -> datetime:
    """Return the end of what a date names: `--until 2026-03-01` takes that day in. Raises UsageError."""
    return _named_period(text, now, option)[1]


def _named_period(text: str, now: datetime, option: str) -> Period:
    words = " ".join(text.casefold().removeprefix("since ").split())
    try:
        found = _length(words, now) or _absolute(text.strip()) or _word(words, now) or _month(words, now)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise UsageError(f"{option} {text}: not a date; write one of {DATES}")
    return found


def _length(words: str, now: datetime) -> Period | None:
    """`7d`, `12h`, `3 days ago`: a moment that long before now."""
    length = duration_of(words)
    found = re.fullmatch(_AGO, words)
    if length is None and found is not None:
        hours = {"hour": 1, "day": 24, "week": 168, "month": 730, "year": 8766}[found[2]]
        length = timedelta(hours=int(found[1]) * hours)
    return None if length is None else (now - length, now - length)


def _absolute(text: str) -> Period | None:
    """`2026`, `2026-03`, `2026-03-01`, `2026-03-01T10:00` with or without a zone."""
    if re.fullmatch(r"\d{4}", text):
        return _year(int(text))
    if re.fullmatch(r"\d{4}-\d{2}", text):
        return _month_of(int(text[:4]), int(text[5:]))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return _days(date.fromisoformat(text), 1)
    if not re.match(r"\d{4}-\d{2}-\d{2}[T ]", text):
        return None
    moment = datetime.fromisoformat(text.upper())
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment, moment


def _word(words: str, now: datetime) -> Period | None:
    today = now.astimezone(UTC).date()
    monday = today - _DAY * today.weekday()
    this_month = today.replace(day=1)
    last_month = (this_month - _DAY).replace(day=1)
    known = {
        "now": (now, now),
        "today": _days(today, 1),
        "yesterday": _days(today - _DAY, 1),
        "this week": _days(monday, 7),
        "last week": _days(monday - 7 * _DAY, 7),
        "this month": _month_of(this_month.year, this_month.month),
        "last month": _month_of(last_month.year, last_month.month),
        "this year": _year(today.year),
        "last year": _year(today.year - 1),
    }
    if words in known:
        return known[words]
    name = words.removeprefix("last ").removeprefix("this ")
    days = [day for day in _WEEKDAYS if len(name) >= 3 and day.startswith(name)]
    if not days:
        return None
    back = (today.weekday() - _WEEKDAYS.index(days[0])) % 7
    # "last monday" said on a Monday means the one a week ago.
    return _days(today - _DAY * (back or (7 if words.startswith("last ") else 0)), 1)


def _month(words: str, now: datetime) -> Period | None:
    """`march`, `march 2026`, `1 march`, `1 march 2026`; without a year the latest that has begun."""
    found = re.fullmatch(_NAMED, words)
    months = [i for i, name in enumerate(_MONTHS, 1) if found and name.startswith(found[2])]
    if found is None or not months:
        return None
    today = now.astimezone(UTC).date()
    day = int(found[1] or 1)
    year = int(found[3]) if found[3] else today.year
    if not found[3] and date(year, months[0], day) > today:
        year -= 1
    return _days(date(year, months[0], day), 1) if found[1] else _month_of(year, months[0])


def _days(first: date, count: int) -> Period:
    start = datetime.combine(first, time(), tzinfo=UTC)
    return start, start + count * _DAY


def _month_of(year: int, month: int) -> Period:
    start = datetime(year, month, 1, tzinfo=UTC)
    return start, (start + 32 * _DAY).replace(day=1)


def _year(year: int) -> Period:
    return datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
