"""Files with scripts."""

from __future__ import annotations

import os
from pathlib import Path

from . import _loqui
from ._types import ScriptFile


def read_script(
    path: str | os.PathLike[str], *, format: str | None = None, notes: bool = False, front_matter: bool = False
) -> ScriptFile:
    """Reads a file with a script: a text in any encoding, Markdown, HTML, subtitles, a document in JSON, or a book in EPUB format.

    ::

        book = loqui.read_script("book.epub")
        client.submit(sample, book.text, format=book.format)

    Args:
        path: The file. Its content and its extension say the format.
        format: The format, for example ``markdown`` or ``epub``.
        notes: Whether footnotes and endnotes of a book are read.
        front_matter: Whether title pages, copyright pages and tables of contents of a book are read.

    Raises:
        InvalidInputError: ``script.unreadable``, ``script.book``, ``script.document``, ``option.out_of_range``.
        OSError: The file cannot be read.
    """
    file = Path(path)
    extension = file.suffix.removeprefix(".") or None
    return ScriptFile._from_json(_loqui.read_script(file.read_bytes(), format, extension, notes, front_matter))
