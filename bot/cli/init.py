"""`regwatch init`: a settings file and a copy of the rules to edit. Never overwrites."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.cli.common import epilog, printable


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "init",
        help="write regwatch.yaml and a copy of the rules to edit",
        description="Write regwatch.yaml and a copy of the shipped rules. What is there already stays as it is.",
        epilog=epilog("regwatch init", "regwatch init /etc/regwatch"),
    )
    parser.add_argument(
        "dir", nargs="?", type=Path, default=Path(), metavar="DIR", help="where (default: here)"
    )
    parser.set_defaults(handler=init)


def init(args: argparse.Namespace) -> int:
    """Write the files and say what to do next."""
    from importlib.resources import files

    from bot.cli.common import rules_directory
    from bot.config import Settings
    from bot.defaults import DEFAULT_FILE
    from bot.errors import OperationError, UsageError

    home: Path = args.dir
    template = (files("bot") / "settings_template.yaml").read_text(encoding="utf-8")
    try:
        home.mkdir(parents=True, exist_ok=True)
        _write(home / DEFAULT_FILE, template.encode())
        source = rules_directory(Settings(file=(home / ".shipped" / DEFAULT_FILE)))
        for path in sorted(source.rglob("*")):
            if path.is_file():
                target = home / "rules" / path.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                _write(target, path.read_bytes())
    except FileExistsError as error:
        message = f"{home} is a file; name a folder"
        raise UsageError(message) from error
    except OSError as error:
        message = f"cannot write to {home}: {error.strerror}"
        raise OperationError(message) from error
    where = "" if home == Path() else f"cd {home} && "
    print(
        "\nNext:\n"
        f"  {where}regwatch run --once       poll every feed once; alerts come to this terminal\n"
        f"  {where}regwatch rules test       every rule proves itself on its examples\n"
        "  set slack.channel in regwatch.yaml and SLACK_BOT_TOKEN, then: regwatch alerts test"
    )
    return 0


def _write(path: Path, content: bytes) -> None:
    """Create a file; one that exists is left alone, and said so."""
    try:
        with path.open("xb") as stream:
            stream.write(content)
    except FileExistsError:
        print(f"  kept     {printable(str(path))}")
        return
    print(f"  written  {printable(str(path))}")
