"""`regwatch run`: the bot itself, for good or once."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from bot.cli.common import add_config_option, epilog, printable

if TYPE_CHECKING:
    from bot.app import App
    from bot.once import OnceReport
    from bot.secrets import Secrets


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "run",
        help="watch the feeds and post alerts",
        description="Poll the feeds as they fall due, match the rules, post alerts. Ends on SIGTERM or Ctrl-C.",
        epilog=epilog(
            "regwatch run                            until stopped",
            "regwatch run --once                     poll every feed once, deliver, end",
            "regwatch run --once --backfill 3        and tell the newest 3 hits of each new feed",
            "SLACK_BOT_TOKEN=xoxb-… regwatch run     post to slack.channel instead of this terminal",
        ),
    )
    parser.add_argument("--once", action="store_true", help="poll every feed once, deliver, end")
    parser.add_argument(
        "--backfill",
        type=_count,
        default=0,
        metavar="N",
        help="tell the newest N hits of a feed's first poll (default: none; they are recorded)",
    )
    parser.add_argument("--verbose", action="store_true", help="log every poll")
    add_config_option(parser)
    parser.set_defaults(handler=run)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 10_000:
        message = f"{text!r} is not a number from 0 to 10000"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Run the bot."""
    import os

    from bot.alerts.routing import strange_words
    from bot.alerts.ways import slips
    from bot.app import open_app
    from bot.cli.common import rules_directory, settings_of
    from bot.log import log_to_stderr
    from bot.secrets import load_secrets

    settings = settings_of(args)
    secrets = load_secrets(os.environ)
    with log_to_stderr(verbose=args.verbose, quiet=args.once and not args.verbose):
        for line in slips(settings.slack, secrets):
            print(f"regwatch: {printable(line)}", file=sys.stderr)
        with open_app(settings, secrets, rules_directory(settings), for_good=not args.once) as app:
            _say_refused(app)
            if not args.once:  # the log and the ops channel tell of routes, as of all that an edit changes
                return _forever(app, secrets, args.backfill)
            for line in strange_words(settings.slack.routes, app.book.current.ids):
                print(f"regwatch: {printable(line)}", file=sys.stderr)
            return _once(app, args.backfill)


def _say_refused(app: App) -> None:
    """Name every place of files that are not in force, at a start from the last good set."""
    from bot.cli.common import iso

    refused = app.book.refused
    if refused is None:
        return
    for problem in refused.problems:
        print(f"regwatch: {printable(str(problem))}", file=sys.stderr)
    print(
        f"regwatch: these files are refused; the last good set, of {iso(app.book.current.loaded_at)}, is in force",
        file=sys.stderr,
    )


def _once(app: App, backfill: int) -> int:
    import signal
    import threading

    from bot.cli.progress import polling
    from bot.jobs import Jobs
    from bot.once import run_once
    from bot.service import STOP_WITHIN, end_within

    stopping = threading.Event()

    def terminate(*_: object) -> None:
        stopping.set()
        end_within(STOP_WITHIN, 1)

    signal.signal(signal.SIGTERM, terminate)
    jobs = Jobs(app=app, stopping=stopping, backfill=backfill)
    with polling(len(jobs.feeds())) as progress:
        report = run_once(jobs, progress=progress)
    _say(report)
    jobs.poller.close()
    # The work was done, and an invalid file is an invalid file.
    return 2 if app.book.refused is not None else 0 if report.good else 1


def _say(report: OnceReport) -> None:
    """Sum up on stderr, so that stdout holds alerts alone."""
    new = sum(result.new for result in report.results)
    hits = sum(result.hits for result in report.results)
    first = sum(result.first for result in report.results)
    words = [
        f"{report.feeds} feeds polled",
        f"{new} new articles",
        f"{hits} hits",
        f"{report.delivered.sent} sent",
    ]
    if first:
        words.append(f"{first} feeds seen for the first time: recorded, not posted")
    print(", ".join(words), file=sys.stderr)
    for failed in report.failed:
        print(
            f"  {printable(failed.feed)}: {failed.outcome} {printable(failed.detail)}".rstrip(),
            file=sys.stderr,
        )
    if report.failed:
        print("  what to do about them: regwatch feeds status", file=sys.stderr)
    for trouble in report.delivered.troubles:
        print(f"  {printable(trouble)}", file=sys.stderr)
    if report.delivered.left:
        print(f"  {report.delivered.left} deliveries wait: regwatch alerts list", file=sys.stderr)


def _forever(app: App, secrets: Secrets, backfill: int) -> int:
    import os

    from bot.alerts.ways import TERMINAL, socket_mode
    from bot.cli.slash import slash_filter
    from bot.jobs import STARTED, Jobs
    from bot.service import Service, leave

    service = Service((), app.clock, trouble=lambda text: jobs.tell(f"service:{text}", text))
    service.listen_for_signals()  # before anybody is told that it runs: a stop that comes early is a stop too
    jobs = Jobs(app=app, stopping=service.stopping, backfill=backfill)
    service.take(jobs.fixed())
    jobs.note(STARTED, str(os.getpid()), app.clock.now())
    where = "this terminal" if app.plan_settings.channel == TERMINAL else app.plan_settings.channel
    print(
        f"regwatch watches {len(jobs.feeds())} feeds; alerts go to {printable(where)}. Ctrl-C ends it.",
        file=sys.stderr,
    )

    buttons = socket_mode(app.settings.slack, secrets, app.clock, app.store, slash_filter)
    if buttons is not None:
        buttons.start()

    def stop() -> None:
        if buttons is not None:
            buttons.close(1.0)
        jobs.poller.close()
        app.fetcher.close()
        jobs.poller.wait_idle(5.0)
        jobs.wait_delivered(2.0)

    code = service.run(stop=stop)
    if service.ended_by:
        print(f"regwatch ends: {service.ended_by}. What waits is sent at the next start.", file=sys.stderr)
    leave(code)
    return code
