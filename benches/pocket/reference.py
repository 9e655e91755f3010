"""Measures the reference package on one thread and prints one line of JSON. Needs pip install pocket-tts==4.0.1."""

import json
import logging
import sys
import time
from pathlib import Path

import torch
import yaml
from pocket_tts.models.tts_model import TTSModel
from pocket_tts.utils.config import CONFIGS_DIR

TEXT = "the of and to in a is that it was for on are with his they be at one have this from or had by hot"


def main():
    logging.disable(logging.CRITICAL)
    torch.set_num_threads(1)
    folder, voice = Path(sys.argv[1]), sys.argv[2]
    config = yaml.safe_load((CONFIGS_DIR / f"{folder.name}.yaml").read_text(encoding="utf-8"))
    config["weights_path"] = str(folder / "model.safetensors")
    config.pop("weights_path_without_voice_cloning", None)
    config["flow_lm"]["lookup_table"]["tokenizer"] = "tokenizers"
    config["flow_lm"]["lookup_table"]["tokenizer_path"] = str(folder / "tokenizer.json")
    path = folder / "reference.yaml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    start = time.monotonic()
    model = TTSModel.load_model(config=path, eos_threshold=1e30)
    load = time.monotonic() - start
    state = model.get_state_for_audio_prompt(voice)
    first = []
    for _ in range(5):
        start = time.monotonic()
        stream = model.generate_audio_stream(state, TEXT)
        next(stream)
        first.append((time.monotonic() - start) * 1e3)
        for _ in stream:
            pass
    wall, cpu, seconds = time.monotonic(), time.process_time(), 0.0
    while time.monotonic() - wall < 6.0:
        seconds += model.generate_audio(state, TEXT).shape[-1] / model.sample_rate
    audio_per_cpu = seconds / (time.process_time() - cpu)
    audio_per_wall = seconds / (time.monotonic() - wall)
    start = time.process_time()
    model.get_state_for_audio_prompt(torch.rand(1, 240_000) * 0.2)
    encode = time.process_time() - start
    print(
        json.dumps(
            {
                "audio_per_cpu_s": audio_per_cpu,
                "audio_per_wall_s": audio_per_wall,
                "first_frame_ms": sorted(first)[len(first) // 2],
                "load_s": load,
                "encode_10_s_cpu_s": encode,
            }
        )
    )


if __name__ == "__main__":
    with torch.no_grad():
        main()
