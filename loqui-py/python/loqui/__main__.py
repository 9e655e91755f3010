"""The program `loqui`: `python -m loqui speak --sample me.mp3 "Hello!"`."""

from __future__ import annotations

import signal
import sys

from ._loqui import main as _main


def main() -> None:
    """Runs the program with the arguments of the process and exits with its code."""
    # The program handles Ctrl-C itself; Python would deliver the signal only after the program returns.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(_main(["loqui", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
