"""The engine ``pocket`` without a model: nothing else is used instead."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import TESTS

import loqui


def test_a_missing_model_is_an_error_with_its_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = loqui.Sample.open(TESTS / "voices" / "heart.mp3")
    client = loqui.Loqui(engine="pocket", models_dir=tmp_path)
    assert client.engine == "pocket"
    with pytest.raises(loqui.errors.LoquiError) as missing:
        client.speak(sample, "Hello.", consent="I am the speaker")
    assert missing.value.code == "pocket.not_installed"
    assert "loqui models pull english" in (missing.value.hint or "")
    # The variable sets the folder, too.
    model = tmp_path / "mine"
    model.mkdir()
    (model / "model.lock.json").write_text("damaged")
    monkeypatch.setenv("LOQUI_MODELS_DIR", str(tmp_path))
    with pytest.raises(loqui.errors.LoquiError) as damaged:
        loqui.Loqui(engine="pocket").speak(sample, "Hello.", consent="I am the speaker")
    assert damaged.value.code == "pocket.damaged"
