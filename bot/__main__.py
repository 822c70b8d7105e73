"""`python -m bot` is `regwatch`."""

from bot.cli.main import run

run()
