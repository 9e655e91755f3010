"""Reads JSON lines of [language, text], and prints for each the sentences as pysbd and sentencex see them.

The result is null if the splitter does not support the language. The package `sentencex` contains the Rust crate of that name.
"""

import json
import sys

import pysbd
import sentencex


def by_pysbd(language: str, text: str) -> list[str] | None:
    try:
        return pysbd.Segmenter(language=language, clean=False).segment(text)
    except ValueError:
        return None


for line in sys.stdin:
    language, text = json.loads(line)
    print(json.dumps([by_pysbd(language, text), list(sentencex.segment(language, text))]))
