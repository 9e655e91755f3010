"""The shared cases about file formats: tests/spec/cases/kinds.json."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import TESTS

import loqui

KINDS = json.loads((TESTS / "spec" / "cases" / "kinds.json").read_text())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind["file"])
def test_a_file_is_judged_as_the_shared_table_says(kind: dict[str, Any]) -> None:
    path = TESTS / "spec" / "samples" / "kinds" / kind["file"]
    if "code" in kind:
        with pytest.raises(loqui.LoquiError) as refused:
            loqui.Sample.open(path)
        assert (refused.value.code, refused.value.args[0]) == (kind["code"], kind["message"])
        return
    report = loqui.Sample.open(path).report
    assert (report.usable, report.format) == (kind["usable"], kind["format"])
    assert report.duration_seconds == pytest.approx(kind["seconds"], abs=0.15)
    assert [finding.code for finding in report.findings] == kind["findings"]
    if "voice_channels" in kind:
        assert report.voice_channels == tuple(kind["voice_channels"])
