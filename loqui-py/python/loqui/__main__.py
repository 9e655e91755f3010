"""The program `loqui`: `python -m loqui speak --sample me.mp3 "Hello!"`."""

from __future__ import annotations

import signal
import sys

from ._loqui import main as _main


def main() -> None:
    """Runs the program with what was typed, and ends with its exit code."""
    # The program heeds Ctrl-C by itself; Python would wait for it to end before it listens.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(_main(["loqui", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
