"""Plays a WAV file with a program of the system."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# Programs that play a file and end, with their arguments.
_PLAYERS = [
    ["afplay"],
    ["pw-play"],
    ["paplay"],
    ["aplay", "-q"],
    ["ffplay", "-nodisp", "-autoexit", "-loglevel", "error"],
    ["mpv", "--really-quiet", "--no-video"],
]


def play(wav: bytes) -> None:
    """Plays a WAV file, and returns when it has ended.

    Raises:
        RuntimeError: There is no program that plays it, or it failed.
    """
    if sys.platform == "win32":
        import winsound

        winsound.PlaySound(wav, winsound.SND_MEMORY)
        return
    player = next((player for player in _PLAYERS if shutil.which(player[0])), None)
    if player is None:
        names = ", ".join(player[0] for player in _PLAYERS)
        raise RuntimeError(f"no program plays audio: install one of {names}, or use save()")
    with tempfile.TemporaryDirectory(prefix="loqui-") as folder:
        path = Path(folder) / "speech.wav"
        path.write_bytes(wav)
        ended = subprocess.run([*player, str(path)], capture_output=True, check=False)
    if ended.returncode != 0:
        raise RuntimeError(f"{player[0]} could not play the speech: {ended.stderr.decode(errors='replace').strip()}")
