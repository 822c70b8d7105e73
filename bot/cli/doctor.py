"""`regwatch doctor`: checks everything that the bot needs, and says for each what to do."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.common import (
    NO_ROOM,
    add_config_option,
    database_path,
    epilog,
    free_space,
    iso,
    printable,
    rules_directory,
    settings_of,
    write_rows,
)

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.secrets import Secrets
    from storage.reader import Reader

    Finding = tuple[str, str, str]  # what, ok | warn | FAIL, detail

OK, WARN, FAIL = "ok", "warn", "FAIL"
_ROOM = 200_000_000  # bytes; less free space than this is a warning
_REMOTE = ("nfs", "cifs", "smb", "sshfs", "9p", "afs")


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "doctor",
        help="check settings, rules, database, network and Slack",
        description="Check settings, secrets, rules, database, disk and Slack. Exit code 1 when something fails.",
        epilog=epilog("regwatch doctor", "regwatch doctor --offline      without asking Slack"),
    )
    parser.add_argument("--offline", action="store_true", help="do not ask Slack")
    parser.add_argument("--format", choices=("table", "json"), default="table", help="how to write it")
    add_config_option(parser)
    parser.set_defaults(handler=doctor)


def doctor(args: argparse.Namespace) -> int:
    """Print the findings; 1 when one of them fails."""
    from bot.secrets import load_secrets

    settings = settings_of(args)
    secrets = load_secrets(os.environ)
    found = [
        *_settings(settings),
        *_rules(settings),
        *_database(settings),
        *_slack(settings, secrets, offline=args.offline),
    ]
    rows = [{"what": what, "state": state, "detail": printable(detail)} for what, state, detail in found]
    write_rows(rows, ("what", "state", "detail"), args.format)
    return 1 if any(state == FAIL for _, state, _ in found) else 0


def _settings(settings: Settings) -> Iterator[Finding]:
    where = str(settings.file) if settings.file else "none; defaults are used (regwatch init writes one)"
    yield "settings", OK, where
    if settings.network.contact:
        yield "contact", OK, settings.network.contact
    else:
        yield "contact", WARN, "set network.contact: some official sites refuse bots without an address"


def _rules(settings: Settings) -> Iterator[Finding]:
    from bot.alerts.routing import strange_words
    from bot.clock import SystemClock
    from bot.errors import InvalidFiles
    from bot.matching.folder import never_read
    from bot.rulebook import load_book

    directory = rules_directory(settings)
    try:
        book = load_book(directory, SystemClock().now())
    except InvalidFiles as error:
        for problem in error.problems:
            yield "rules", FAIL, str(problem)
        yield _last_good(settings)
        return
    for path in never_read(directory):
        yield "rules", WARN, f"{path} is never read: rule files are *.yaml in {directory} itself"
    for line in strange_words(settings.slack.routes, book.ids):
        yield "routes", FAIL, line
    feeds = sum(feed.enabled for feed in book.feeds)
    yield (
        "rules",
        OK if feeds else FAIL,
        f"{directory}: {feeds} feeds watched; prove the rules with `regwatch rules test`",
    )


def _last_good(settings: Settings) -> Finding:
    """Say what the bot runs on while the files are refused."""
    from bot.last_good import folder_beside
    from bot.rulebook import last_good_book

    folder = folder_beside(database_path(settings))
    book = last_good_book(folder, rules_directory(settings))
    if book is None:
        return "last good rules", FAIL, "none is kept: the bot cannot start before the files are mended"
    return "last good rules", WARN, f"in force until then: those of {iso(book.loaded_at)}, kept in {folder}"


def _database(settings: Settings) -> Iterator[Finding]:
    from storage.errors import StorageError
    from storage.listing import may_look
    from storage.lock import holder
    from storage.reader import open_reader

    path = database_path(settings)
    parent = path.parent
    if not may_look(path):
        advice = "ask as the user that runs regwatch, or with sudo"
        yield "database", FAIL, f"this user may not look into {parent}: {advice}"
        return
    if not parent.is_dir():
        yield "database", FAIL, f"the folder {parent} does not exist"
        return
    free = free_space(path)
    state = OK if free > _ROOM else WARN if free > NO_ROOM else FAIL
    yield "disk", state, f"{free // 1_000_000:,} MB free" + ("" if state == OK else ": make room")
    kind = _file_system(parent)
    if kind.startswith(_REMOTE):
        yield "disk", FAIL, f"{parent} is on {kind}; SQLite needs a local disk"
    if not path.exists() and os.access(parent, os.W_OK):
        yield "database", OK, f"{path} will be made by the first run"
        return
    yield from _unwritable(path)
    try:
        with open_reader(path) as reader:
            yield "database", OK, f"{path}: {reader.counts()['articles']:,} articles"
            yield from _undelivered(reader)
    except StorageError as error:
        yield "database", FAIL, str(error)
    running = holder(path)
    yield "bot", OK, f"process {running[0]} runs since {running[1]}" if running else "not running now"


def _unwritable(path: Path) -> Iterator[Finding]:
    """Name what the bot must write and this user cannot: a run by another user leaves such files."""
    from bot.last_good import folder_beside
    from storage.lock import lock_path

    no_start = "`regwatch run` will not start"
    needed = (
        (
            path.parent,
            FAIL,
            f"{no_start}, and there is no place for the copies of `db backup` and `db upgrade`",
        ),
        (path, FAIL, no_start),
        (path.with_name(f"{path.name}-wal"), FAIL, no_start),
        (path.with_name(f"{path.name}-shm"), FAIL, no_start),
        (lock_path(path), FAIL, no_start),
        (folder_beside(path), WARN, "the last good rules cannot be kept for a restart"),
    )
    for there, state, what in needed:
        if there.exists() and not os.access(there, os.W_OK):
            advice = f"sudo chown -R USER {there}, USER being who runs regwatch"
            yield "database", state, f"{there} cannot be written by this user: {what}; {advice}"


def _undelivered(reader: Reader) -> Iterator[Finding]:
    """Tell, by destination, what was refused and waits for a person."""
    from storage.words import DeliveryState

    waiting = reader.deliveries(states=(DeliveryState.FAILED, DeliveryState.DEAD), limit=1000)
    for destination in dict.fromkeys(delivery.destination for delivery in waiting):
        refused = [delivery for delivery in waiting if delivery.destination == destination]
        advice = "mend it, prove it with `regwatch alerts test`, then `regwatch alerts retry --failed --dead`"
        yield "channel", FAIL, f"{destination}: {len(refused)} not delivered ({refused[0].error}); {advice}"


def _file_system(folder: Path) -> str:
    """Return the kind of file system, as the kernel names it; empty where it does not say."""
    try:
        lines = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    best = ("", "")
    here = str(folder.resolve())
    for line in lines:
        words = line.split()
        if (
            len(words) >= 3
            and (here + "/").startswith(words[1].rstrip("/") + "/")
            and len(words[1]) > len(best[0])
        ):
            best = (words[1], words[2])
    return best[1]


def _slack(settings: Settings, secrets: Secrets, *, offline: bool) -> Iterator[Finding]:
    from bot.alerts.ways import TERMINAL, WEBHOOK, home_of, slips

    home = home_of(settings.slack, secrets)
    wrong = slips(settings.slack, secrets)
    for line in wrong:
        yield "slack", FAIL, line
    if home == TERMINAL:
        if not wrong:
            yield "slack", WARN, "no SLACK_BOT_TOKEN and no SLACK_WEBHOOK_URL: alerts go to the terminal"
        return
    if home == WEBHOOK:
        unset = (
            " (SLACK_BOT_TOKEN_FILE names an empty file)" if "SLACK_BOT_TOKEN_FILE" in secrets.empty else ""
        )
        yield (
            "slack",
            WARN,
            f"webhook only{unset}: no threads, and a lost answer may be posted twice; a bot token is better",
        )
        return
    yield "channel", OK, home
    if not settings.slack.ops_channel:
        yield (
            "ops channel",
            WARN,
            "set slack.ops_channel, or the bot's own troubles show in `regwatch status` alone",
        )
    if not offline and not wrong:
        yield _token(settings, secrets)


def _token(settings: Settings, secrets: Secrets) -> Finding:
    """Ask Slack who we are."""
    from collections.abc import Mapping

    from bot.alerts.port import Refused
    from bot.alerts.slack import SlackCalls
    from bot.clock import SystemClock
    from bot.log import log_to_stderr

    calls = SlackCalls(secrets.bot_token.reveal(), clock=SystemClock(), api_url=settings.slack.api_url)
    with log_to_stderr(verbose=False, quiet=True):  # the finding says it
        answer = calls.call("auth.test", json={})
    if isinstance(answer, Mapping):
        return "slack", OK, "the token is accepted; prove the channel with `regwatch alerts test`"
    if isinstance(answer, Refused):
        return "slack", FAIL, f"{answer.code} {answer.detail}".strip()
    return (
        "slack",
        FAIL,
        f"Slack could not be asked ({answer.code}): check that this machine reaches it, then ask again",
    )
