"""Measures loqui-pocket and the reference package side by side on one core, with random weights.

    pip install pocket-tts==4.0.1
    cargo build --release -p loqui-bench-pocket
    python benches/pocket/run.py target/release/loqui-bench-pocket WORK_FOLDER [CONFIG...]

Speed and memory do not depend on the values of the weights. Processes are pinned to one core, except for `pair`.
"""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
GOLDEN = HERE.parent.parent / "loqui-pocket" / "tests" / "golden"
CONFIGS = ["english_18m_2026-10", "english", "english_7m_2026-10", "english_2m_2026-10"]


def tokenizer(size):
    """A tokenizer of the published size: that of the tests, with entries that no text uses."""
    file = json.loads((GOLDEN / "identity.json").read_text(encoding="utf-8"))
    vocab = file["model"]["vocab"]
    vocab += [[f"\ue000{index}", -99.0] for index in range(size - len(vocab))]
    return json.dumps(file, ensure_ascii=False)


def run(*command, cores="0"):
    command = ["taskset", "-c", cores, *map(str, command)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise SystemExit(f"{command} failed:\n{result.stderr}")
    return result.stdout.strip().splitlines()[-1]


def measure(binary, folder):
    voice = folder / "voice.safetensors"
    figures = {"voice": json.loads(run(binary, "voice", folder, voice))}
    # Two runs each, one after the other, so that a change of the machine's load hits both.
    rust, reference = [], []
    for _ in range(2):
        rust.append(json.loads(run(binary, "measure", folder, voice)))
        reference.append(json.loads(run(sys.executable, HERE / "reference.py", folder, voice)))
    best = lambda runs: max(runs, key=lambda figures: figures["audio_per_cpu_s"])
    figures["loqui-pocket"], figures["reference"] = best(rust), best(reference)
    figures["pair"] = json.loads(run(binary, "pair", folder, voice, cores="0,1"))
    quantised = folder.parent.parent / "quantised" / folder.name
    quantised.mkdir(parents=True, exist_ok=True)
    run(binary, "quantize", folder / "model.safetensors", quantised / "model.safetensors")
    (quantised / "tokenizer.json").write_text(tokenizer(4000), encoding="utf-8")
    figures["loqui-pocket, 8 bits"] = json.loads(run(binary, "measure", quantised, voice))
    return figures


def main():
    binary, work = sys.argv[1], Path(sys.argv[2])
    configs = sys.argv[3:] or CONFIGS
    if not (work / "models").is_dir():
        subprocess.run([sys.executable, GOLDEN / "make.py", work, "--weights"], check=True)
    for name in configs:
        folder = work / "models" / name
        (folder / "tokenizer.json").write_text(tokenizer(4000), encoding="utf-8")
        for what, figures in measure(binary, folder).items():
            rounded = {key: round(value, 2) for key, value in figures.items() if isinstance(value, float)}
            print(f"{name:22} {what:22} {rounded}", flush=True)


if __name__ == "__main__":
    main()
