"""Reads JSON lines of written texts, and prints for each how the normaliser named by the first argument reads it.

`nemo` is nemo_text_processing, `wetext` is WeTextProcessing, `num2words` replaces each run of digits.
"""

import json
import re
import sys


def nemo():
    from nemo_text_processing.text_normalization.normalize import Normalizer

    normalizer = Normalizer(input_case="cased", lang="en")
    return lambda text: normalizer.normalize(text, verbose=False, punct_post_process=True)


def wetext():
    from tn.english.normalizer import Normalizer

    return Normalizer().normalize


def num2words():
    import num2words

    def number(found):
        text = found.group().replace(",", "")
        return num2words.num2words(float(text) if "." in text else int(text))

    return lambda text: re.sub(r"\d+(?:,\d{3})*(?:\.\d+)?", number, text)


def main():
    normalize = {"nemo": nemo, "wetext": wetext, "num2words": num2words}[sys.argv[1]]()
    for line in sys.stdin:
        try:
            spoken = normalize(json.loads(line))
        except Exception as error:  # a text it cannot read counts as wrong
            spoken = f"{type(error).__name__}"
        print(json.dumps(spoken), flush=True)


main()
