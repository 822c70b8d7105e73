"""Installs a wheel into a clean venv, away from the checkout, and loads every shipped rule there.

Run by `make wheel-test`; not a pytest file, because it takes longer than all of them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

CONSTRAINTS = Path(__file__).resolve().parent.parent / "constraints.txt"
CHECKS = (
    ["--version"],
    ["rules", "lint"],
    ["rules", "test"],
    ["feeds", "list", "--format", "json"],
    ["init", "here"],
    ["demo"],
)


def main(wheel: Path) -> int:
    """Return 0 where every command works in the clean venv."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        venv.create(home / "venv", with_pip=True)
        python = home / "venv" / "bin" / "python"
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "-c", str(CONSTRAINTS), str(wheel.resolve())], check=True)
        for words in CHECKS:
            command = [str(home / "venv" / "bin" / "regwatch"), *words]
            done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=180, check=False)
            print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} regwatch {' '.join(words)}")
            if done.returncode:
                print(done.stdout[-2000:], done.stderr[-2000:], sep="\n")
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
