"""Reads the settings: regwatch.yaml under `REGWATCH_…` variables, checked whole, with every problem at once.

A variable overrides the file: `REGWATCH_SLACK__API_URL` is `slack.api_url`. Lists are written in brackets or with
commas.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from bot.config import (
    WEEKDAYS,
    DigestSettings,
    NetworkSettings,
    QuietSettings,
    RetentionSettings,
    RouteSettings,
    Settings,
    SlackSettings,
)
from bot.defaults import DEFAULT_FILE
from bot.durations import SHAPE, duration_of
from bot.errors import InvalidFiles, Place, Problem, did_you_mean
from bot.yaml_tree import Fields, Items, Node, Reading, Scalar, describe
from storage.words import Kind, Level, Tier

KEYS: dict[str, tuple[str, ...]] = {
    "": (
        "database", "rules", "slack", "network", "max_age", "burst", "quiet_hours", "digest", "retention",
        "heartbeat",
    ),
    "slack": ("channel", "ops_channel", "routes", "api_url", "settle", "timeout", "gap"),
    "network": ("workers", "contact", "min_interval", "host_gap", "private_hosts"),
    "max_age": ("official", "press", "blog"),
    "burst": ("messages", "window"),
    "quiet_hours": ("zone", "from", "to", "weekends"),
    "digest": ("zone", "at", "day", "channel"),
    "retention": ("bodies", "evidence"),
    "heartbeat": ("url",),
}  # fmt: skip
ROUTE_KEYS = ("to", "kind", "level", "regulator", "company", "rule", "matter", "feed", "stop")
# Read elsewhere, not settings.
_OTHER_VARIABLES = {"REGWATCH_CONFIG", "REGWATCH_DEBUG", "REGWATCH_EVAL_DIR", "REGWATCH_FEEDS_DIR"}


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Return the settings of `path` (None: `regwatch.yaml` here, if there is one) under the environment's.

    Raises InvalidFiles with every problem found.
    """
    if path is None and environ.get("REGWATCH_CONFIG"):
        path = Path(environ["REGWATCH_CONFIG"])
    if path is None and Path(DEFAULT_FILE).is_file():
        path = Path(DEFAULT_FILE)
    root: Node = Fields(Place("environment"), {}, {})
    if path is not None:
        from bot.strict_yaml import load

        root = load(path)
    if isinstance(root, Scalar) and root.value is None:
        root = Fields(root.at, {}, {})
    reading = Reading()
    warnings: list[str] = []
    top = reading.fields_of(_overridden(root, environ, reading, warnings), KEYS[""], what="the settings")
    settings = _settings(top, reading, path.resolve() if path else None) if top else Settings()
    reading.done()
    return settings._replace(warnings=tuple(warnings))


def _overridden(root: Node, environ: Mapping[str, str], reading: Reading, warnings: list[str]) -> Node:
    """Return the tree with `REGWATCH_…` variables put in their places.

    An unknown variable is only warned of: it may belong to a newer or an older version on the same machine.
    """
    if not isinstance(root, Fields):
        return root
    keys, nodes = dict(root.keys), dict(root.nodes)
    for name in sorted(environ):
        if not name.startswith("REGWATCH_") or name in _OTHER_VARIABLES or not environ[name].strip():
            continue  # compose files pass what is not set as empty
        section, _, key = name.removeprefix("REGWATCH_").casefold().partition("__")
        if section not in KEYS[""] or (key and key not in KEYS.get(section, ())):
            known = [f"REGWATCH_{s}__{k}".upper() for s, ks in KEYS.items() if s for k in ks]
            hint = did_you_mean(name, [*known, "REGWATCH_DATABASE", "REGWATCH_RULES"])
            warnings.append(str(Problem(Place(name), "no such setting, ignored", hint=hint)))
            continue
        value = _variable(name, environ[name], reading)
        if not key:
            keys[section], nodes[section] = Place(name), value
            continue
        inner = nodes.get(section)
        old = inner if isinstance(inner, Fields) else Fields(Place(name), {}, {})
        keys[section] = keys.get(section, Place(name))
        nodes[section] = Fields(old.at, {**old.keys, key: Place(name)}, {**old.nodes, key: value})
    return Fields(root.at, keys, nodes)


def _variable(name: str, text: str, reading: Reading) -> Node:
    """Return a variable's value; brackets and braces are YAML, everything else is taken as written."""
    at = Place(name)
    text = text.strip()
    if (text.startswith("{") and text.endswith("}")) or (text.startswith("[") and text.endswith("]")):
        from bot.strict_yaml import parse

        try:
            return parse(text, name=name)
        except InvalidFiles as error:
            reading.problems.extend(error.problems)
    words: dict[str, bool | None] = {"true": True, "false": False, "": None}
    lowered = text.casefold()
    if lowered in words:
        return Scalar(at, text, words[lowered])
    if text.isascii() and text.isdigit():
        return Scalar(at, text, int(text))
    return Scalar(at, text, text)


def _settings(top: Fields, reading: Reading, file: Path | None) -> Settings:
    base = Settings(file=file)
    home = base.home
    rules = reading.text_of(top.get("rules"), what="rules")
    return Settings(
        database=_database(top.get("database"), reading, home) or _located(base.database, home),
        rules=(home / Path(rules).expanduser()) if rules else None,
        slack=_slack(_section(top, "slack", reading), reading),
        network=_network(_section(top, "network", reading), reading),
        max_age={**base.max_age, **_max_age(_section(top, "max_age", reading), reading)},
        burst=reading.int_of(
            _section(top, "burst", reading).get("messages"),
            what="burst.messages",
            default=10,
            low=1,
            high=1000,
        ),
        burst_window=_length(_section(top, "burst", reading), "window", base.burst_window, reading),
        quiet_hours=_quiet(top, reading),
        digest=_digest(top, reading),
        retention=_retention(_section(top, "retention", reading), reading),
        heartbeat_url=_url(_section(top, "heartbeat", reading).get("url"), "heartbeat.url", reading),
        file=file,
    )


def _section(top: Fields, name: str, reading: Reading) -> Fields:
    """Return a section's fields; an absent or empty one has none. Its unknown keys are noted once."""
    node = top.get(name)
    empty = Fields(Place(name), {}, {})
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return empty
    if isinstance(node, Fields) and node.keys.keys() <= set(KEYS[name]):
        return node
    before = len(reading.problems)
    found = reading.fields_of(node, KEYS[name], what=name)
    repeated = [p for p in reading.problems[before:] if p in reading.problems[:before]]
    reading.problems[before:] = [p for p in reading.problems[before:] if p not in repeated]
    return found or empty


def _database(node: Node | None, reading: Reading, home: Path) -> str:
    text = reading.text_of(node, what="database")
    if not text or node is None:
        return ""
    if not text.startswith("sqlite:///"):
        reading.note(node.at, f"{describe(node)} as database", "sqlite:///FILE")
        return ""
    return _located(text, home)


def _located(url: str, home: Path) -> str:
    """Return the URL with its file made absolute, so that every command opens the same database."""
    name = url.removeprefix("sqlite:///")
    return f"sqlite:///{(home / Path(name).expanduser()).absolute()}"


def _slack(node: Fields, reading: Reading) -> SlackSettings:
    base = SlackSettings()
    routes_node = node.get("routes")
    routes = reading.items_of(routes_node, what="slack.routes") if routes_node else ()
    api_url = _url(node.get("api_url"), "slack.api_url", reading) or base.api_url
    return SlackSettings(
        channel=_channel(node.get("channel"), "slack.channel", reading),
        ops_channel=_channel(node.get("ops_channel"), "slack.ops_channel", reading),
        routes=tuple(route for n in routes if (route := _route(n, reading))),
        api_url=api_url.rstrip("/") + "/",
        settle=_length(node, "settle", base.settle, reading),
        timeout=_length(node, "timeout", base.timeout, reading),
        gap=_length(node, "gap", base.gap, reading),
    )


def _channel(node: Node | None, what: str, reading: Reading) -> str:
    """Return a channel's name or ID. Nothing is what YAML makes of a name whose # stands without quotes."""
    if isinstance(node, Scalar) and node.value is None:
        hint = 'A # without quotes starts a comment: write "#name", or leave the key out'
        reading.note(node.at, f"nothing as {what}", "a channel's name or ID", hint)
        return ""
    return reading.text_of(node, what=what).strip()


def _route(node: Node, reading: Reading) -> RouteSettings | None:
    found = reading.fields_of(node, ROUTE_KEYS, what="a route")
    if found is None:
        return None
    before = len(reading.problems)
    to = _channel(found.get("to"), "to", reading)
    if not to:
        if len(reading.problems) == before:
            reading.note(found.at, "a route without `to`", "the channel that it leads to")
        return None
    level_node = found.get("level")
    level = (
        reading.word_of(level_node, [w.value for w in Level], what="level", default="") if level_node else ""
    )
    kinds = tuple(
        reading.word_of(n, [k.value for k in Kind], what="kind", default="signal")
        for n in _listed(found.get("kind"))
    )
    return RouteSettings(
        to=to,
        kinds=kinds,
        level=Level(level) if level else None,
        regulators=reading.texts_of(found.get("regulator"), what="regulator"),
        companies=reading.texts_of(found.get("company"), what="company"),
        rules=reading.texts_of(found.get("rule"), what="rule"),
        matters=reading.texts_of(found.get("matter"), what="matter"),
        feeds=reading.texts_of(found.get("feed"), what="feed"),
        stop=reading.flag_of(found.get("stop"), what="stop", default=False),
    )


def _listed(node: Node | None) -> tuple[Node, ...]:
    if node is None:
        return ()
    return node.nodes if isinstance(node, Items) else (node,)


def _network(node: Fields, reading: Reading) -> NetworkSettings:
    base = NetworkSettings()
    hosts_node = node.get("private_hosts")
    if isinstance(hosts_node, Scalar) and "," in hosts_node.text:
        hosts = tuple(word.strip() for word in hosts_node.text.split(",") if word.strip())
    else:
        hosts = reading.texts_of(hosts_node, what="network.private_hosts")
    return NetworkSettings(
        workers=reading.int_of(
            node.get("workers"), what="network.workers", default=base.workers, low=1, high=64
        ),
        contact=reading.text_of(node.get("contact"), what="network.contact"),
        min_interval=_length(node, "min_interval", base.min_interval, reading),
        host_gap=_length(node, "host_gap", base.host_gap, reading),
        private_hosts=hosts,
    )


def _max_age(node: Fields, reading: Reading) -> dict[Tier, timedelta]:
    return {
        Tier(name): _length(node, name, timedelta(days=7), reading)
        for name in KEYS["max_age"]
        if node.get(name)
    }


def _quiet(top: Fields, reading: Reading) -> QuietSettings | None:
    node = top.get("quiet_hours")
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return None
    found = _section(top, "quiet_hours", reading)
    base = QuietSettings()
    return QuietSettings(
        zone=_zone(found, reading),
        start=_clock_time(found, "from", base.start, reading),
        end=_clock_time(found, "to", base.end, reading),
        weekends=reading.flag_of(found.get("weekends"), what="quiet_hours.weekends", default=True),
    )


def _digest(top: Fields, reading: Reading) -> DigestSettings | None:
    node = top.get("digest")
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return None
    found = _section(top, "digest", reading)
    base = DigestSettings()
    day = reading.word_of(found.get("day"), [*WEEKDAYS, "daily"], what="digest.day", default="fri")
    return DigestSettings(
        zone=_zone(found, reading),
        at=_clock_time(found, "at", base.at, reading),
        day=None if day == "daily" else day,
        channel=_channel(found.get("channel"), "digest.channel", reading),
    )


def _retention(node: Fields, reading: Reading) -> RetentionSettings:
    base = RetentionSettings()
    return RetentionSettings(
        bodies=_length(node, "bodies", base.bodies, reading),
        evidence=_length(node, "evidence", base.evidence, reading),
    )


def _length(node: Fields, key: str, default: timedelta, reading: Reading) -> timedelta:
    child = node.get(key)
    if child is None:
        return default
    length = duration_of(child.text) if isinstance(child, Scalar) else None
    if length is None:
        reading.note(child.at, f"{describe(child)} as {key}", SHAPE)
        return default
    return length


def _zone(node: Fields, reading: Reading) -> str:
    child = node.get("zone")
    name = reading.text_of(child, what="zone", default="UTC")
    if child is None:
        return name
    import zoneinfo

    if name not in zoneinfo.available_timezones():
        hint = did_you_mean(name, sorted(zoneinfo.available_timezones()))
        reading.note(child.at, f"{describe(child)} as zone", "an IANA name such as Europe/London", hint)
        return "UTC"
    return name


def _clock_time(node: Fields, key: str, default: time, reading: Reading) -> time:
    child = node.get(key)
    if child is None:
        return default
    text = child.text if isinstance(child, Scalar) else ""
    hours, _, minutes = text.partition(":")
    if hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60:
        return time(int(hours), int(minutes))
    reading.note(child.at, f"{describe(child)} as {key}", "a time of day such as 07:30")
    return default


def _url(node: Node | None, what: str, reading: Reading) -> str:
    text = reading.text_of(node, what=what)
    if not text or node is None:
        return ""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        reading.problems.append(Problem(node.at, f"{describe(node)} as {what}", "an http or https address"))
        return ""
    return text
