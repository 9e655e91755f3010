"""Documents, chapters, and their files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import TESTS

import loqui

HEART = TESTS / "voices" / "heart.wav"
BOOK = {
    "version": 1,
    "title": "A Short Book",
    "authors": ["Ann Author"],
    "parts": [
        {"title": "The First Chapter of It", "paragraphs": ["It begins here, with a few words."]},
        {"title": "The Second Chapter of It", "paragraphs": ["It goes on here, and then it ends."]},
    ],
}


def test_a_document_has_chapters_in_one_file_and_in_a_folder(tmp_path: Path) -> None:
    source = tmp_path / "book.json"
    source.write_text(json.dumps(BOOK))
    file = loqui.read_script(source)
    assert (file.format, file.findings) == ("json", ())
    with loqui.Loqui(engine="offline") as client:
        script = client.script(file.text, format=file.format)
        assert [chapter.title for chapter in script.chapters] == ["The First Chapter of It", "The Second Chapter of It"]
        assert (script.title, script.authors) == ("A Short Book", ("Ann Author",))
        generation = client.submit(loqui.Sample.open(HEART), file.text, format=file.format)
        info = generation.finish()
        assert [chapter.segments for chapter in info.chapters] == [(0, 2), (2, 4)]
        assert info.chapters[0].end == info.chapters[1].start
        generation.save(tmp_path / "book.m4b", author="Another")
        book = (tmp_path / "book.m4b").read_bytes()
        assert b"The Second Chapter of It" in book
        assert b"Another" in book
        files = generation.save_chapters(tmp_path / "out", format="flac", loudness=-18)
        assert [Path(file.path).name for file in files] == ["01 The First Chapter of It.flac", "02 The Second Chapter of It.flac"]
        assert files[0].mastering is not None
        assert files[0].mastering.loudness_lufs == pytest.approx(-18, abs=0.3)


def test_files_that_are_no_scripts_are_refused(tmp_path: Path) -> None:
    broken = tmp_path / "book.epub"
    broken.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(loqui.errors.InvalidInputError) as refused:
        loqui.read_script(broken)
    assert refused.value.code == "script.book"
    with pytest.raises(FileNotFoundError):
        loqui.read_script(tmp_path / "missing.md")
