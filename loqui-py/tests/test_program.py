"""`python -m loqui` is the program `loqui`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import loqui

VOICE = Path(__file__).parents[2] / "tests" / "voices" / "heart.mp3"


def program(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "loqui", *words], capture_output=True, text=True, timeout=120)


def test_version_is_printed() -> None:
    done = program("--version")
    assert (done.returncode, done.stdout.strip()) == (0, f"loqui {loqui.__version__}")


def test_speak_writes_a_file(tmp_path: Path) -> None:
    out = tmp_path / "hello.wav"
    words = ("speak", "--sample", str(VOICE), "Hello!", "-o", str(out), "--engine", "offline")
    done = program(*words, "--data-dir", str(tmp_path / "data"), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["status"] == "COMPLETED"
    assert out.read_bytes()[:4] == b"RIFF"


def test_exit_codes_are_passed_on(tmp_path: Path) -> None:
    assert program("fly").returncode == 2
    nothing = program("check", str(tmp_path / "nothing.mp3"))
    assert nothing.returncode == 1
    assert "nothing.mp3" in nothing.stdout


def test_ctrl_c_ends_the_program() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "loqui", "emulator", "--addr", "127.0.0.1:0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=None if os.name == "nt" else heed_ctrl_c,
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline()
        child.send_signal(signal.SIGINT)
        child.wait(timeout=60)
    finally:
        child.kill()


def heed_ctrl_c() -> None:
    """Restores the default action: a parent that ignores Ctrl-C passes that on to its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
