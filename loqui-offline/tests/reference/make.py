"""Writes the fixtures of the parity tests with the reference implementation, and compares speech with it on request.

    pip install hibari-tts numpy soundfile
    python make.py                    writes phonemes.tsv and levels.txt next to this file
    python make.py compare FOLDER     log-spectral correlation with FOLDER/1.wav ... FOLDER/50.wav, which
                                      `cargo run --release -p loqui-offline --example lines` made from sentences.txt
"""

import pathlib
import sys

import numpy as np
from hibari import Hibari

HERE = pathlib.Path(__file__).parent
RATE, FRAME, HOP = 24_000, 1_200, 300
SPOKEN = 50  # sentences whose audio is compared
EVERY = 5  # of those, the ones whose levels are kept as a fixture
BANDS, LOWEST, HIGHEST = 24, 100.0, 11_000.0
STEP = 4  # frames that are averaged in the fixture: 50 ms


def spectra(samples):
    """Returns the power per frame and bin. Frame k is centred on sample k * HOP, mirrored at the ends."""
    padded = np.pad(samples, FRAME // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP][: len(samples) // HOP]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)
    return np.abs(np.fft.rfft(frames * window * 4 / FRAME, axis=1)) ** 2


def bands(power):
    """Returns the mean power in the triangular bands of `src/bands.rs`."""
    mel = lambda hz: 2595 * np.log10(1 + hz / 700)
    bins = np.arange(FRAME // 2 + 1) * RATE / FRAME
    place = (mel(bins) - mel(LOWEST)) / ((mel(HIGHEST) - mel(LOWEST)) / (BANDS - 1))
    place = np.clip(place, 0, BANDS - 1)
    weight = np.maximum(0, 1 - np.abs(place[:, None] - np.arange(BANDS)))
    return power @ (weight / weight.sum(0))


def levels(samples):
    """Returns dB per 50 ms and band, counted from the end because the Rust voice shortens the silence at the start."""
    power = bands(spectra(samples))
    count = len(power) // STEP
    power = power[len(power) - count * STEP :].reshape(count, STEP, BANDS).mean(1)
    return 10 * np.log10(power + 1e-9)


def log_spectrum(samples):
    return 10 * np.log10(spectra(samples) + 1e-9)


def aligned(one, two, reach=16):
    """Aligns the frames of both by dynamic time warping, with a shift of at most `reach` frames (200 ms)."""
    count = min(len(one), len(two))
    one, two = one[-count:], two[-count:]
    cost = np.full((count + 1, count + 1), np.inf)
    cost[0, 0] = 0
    for i in range(1, count + 1):
        low, high = max(1, i - reach), min(count, i + reach)
        apart = np.sqrt(((one[i - 1] - two[low - 1 : high]) ** 2).mean(1))
        for j, distance in zip(range(low, high + 1), apart):
            cost[i, j] = distance + min(cost[i - 1, j - 1], cost[i - 1, j], cost[i, j - 1])
    pairs, i, j = [], count, count
    while i and j:
        pairs.append((i - 1, j - 1))
        i, j = min((i - 1, j - 1), (i - 1, j), (i, j - 1), key=lambda at: cost[at])
    a, b = np.array(pairs).T
    return one[a], two[b]


def main():
    sentences = (HERE / "sentences.txt").read_text(encoding="utf-8").splitlines()
    tts = Hibari()
    if sys.argv[1:2] == ["compare"]:
        import soundfile

        found, straight = [], []
        for number, sentence in enumerate(sentences[:SPOKEN], 1):
            ours, rate = soundfile.read(f"{sys.argv[2]}/{number}.wav")
            assert rate == RATE
            theirs = tts(sentence, seed=1)
            one, two = aligned(log_spectrum(ours), log_spectrum(theirs))
            found.append(np.corrcoef(one.ravel(), two.ravel())[0, 1])
            plain, other = log_spectrum(ours), log_spectrum(theirs)
            count = min(len(plain), len(other))
            straight.append(np.corrcoef(plain[-count:].ravel(), other[-count:].ravel())[0, 1])
            print(f"{found[-1]:.4f} {straight[-1]:.4f}  {len(ours) / rate:5.2f} s  {len(theirs) / rate:5.2f} s  {sentence}")
        for name, rates in (("aligned", found), ("frame by frame", straight)):
            good = sum(r >= 0.98 for r in rates)
            print(f"{name}: mean {np.mean(rates):.4f}, least {np.min(rates):.4f}, {good} of {len(rates)} at 0.98 or more")
        return
    with open(HERE / "phonemes.tsv", "w", encoding="utf-8") as file:
        for sentence in sentences:
            file.write(f"{sentence}\t{' '.join(tts.phonemize(sentence))}\n")
    with open(HERE / "levels.txt", "w") as file:
        for number in range(0, SPOKEN, EVERY):
            file.write(f"# {number}\n")
            for row in np.round(levels(tts(sentences[number], seed=1))).astype(int):
                file.write(" ".join(map(str, row)) + "\n")


main()
