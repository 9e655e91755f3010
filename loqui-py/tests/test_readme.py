"""The Python snippets of the READMEs and the examples run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import TESTS

import loqui
from loqui.testing import Emulator

ROOT = TESTS.parent


def snippets() -> list[str]:
    found: list[str] = []
    for page in (ROOT / "README.md", ROOT / "loqui-py" / "README.md"):
        found += re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    return found


EXAMPLES = ["speak.py me.wav Hello!", "many.py me.wav texts.txt"]


def run(emulator: Emulator, folder: Path, command: list[str]) -> None:
    shutil.copy(TESTS / "voices" / "heart.wav", folder / "me.wav")
    (folder / "texts.txt").write_text("One.\nTwo.\nThree.\n")
    environment = {
        **os.environ,
        "REPLICATE_API_TOKEN": emulator.token,
        "REPLICATE_BASE_URL": emulator.base_url,
        "REPLICATE_WEBHOOK_SECRET": emulator.webhook_secret,
        "PYTHONPATH": str(Path(loqui.__file__).parents[1]),
    }
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_the_readmes_have_snippets() -> None:
    assert len(snippets()) >= 2


@pytest.mark.parametrize("number", range(len(snippets())))
def test_snippet_runs(emulator: Emulator, tmp_path: Path, number: int) -> None:
    run(emulator, tmp_path, [sys.executable, "-c", snippets()[number]])
    assert emulator.ledger["leaks"] == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_runs(emulator: Emulator, tmp_path: Path, example: str) -> None:
    name, *arguments = example.split()
    run(emulator, tmp_path, [sys.executable, str(ROOT / "examples" / "python" / name), *arguments])
    assert emulator.paid_runs > 0 and list(tmp_path.glob("speech*.wav"))


def test_the_notebook_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE", str(ROOT / "tests" / "voices" / "heart.wav"))
    monkeypatch.chdir(tmp_path)
    notebook = json.loads((ROOT / "examples" / "python" / "voice.ipynb").read_text())
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    names: dict[str, object] = {}
    for cell in cells:
        exec(compile(cell, "voice.ipynb", "exec"), names)
    assert "<audio" in names["speech"]._repr_html_()  # type: ignore[attr-defined]


def test_the_pytest_plugin_provides_fixtures(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(
        "import loqui\n"
        "def test_mine(loqui_client, loqui_sample, loqui_emulator):\n"
        "    assert loqui_client.speak(loqui_sample, 'Hello!').duration > 0\n"
        "    assert loqui.Loqui().engine == 'replicate' and loqui_emulator.paid_runs == 1\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "loqui.pytest_plugin", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(Path(loqui.__file__).parents[1])}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
