"""What holds where nothing is set, for those who start before settings are read. Imports nothing."""

from __future__ import annotations

DEFAULT_FILE = "regwatch.yaml"
DEFAULT_DATABASE = "sqlite:///regwatch.db"
