"""Makes the golden tensors that the parity tests compare with.

Needs the reference: pip install pocket-tts==4.0.1. Run as

    python make.py OUT              # writes what the repository stores
    python make.py OUT --weights    # also writes the seeded weights, for benches/pocket

The weights are a function of the tensor names, which src/parity/seeded.rs computes as well. So no weights are stored.
"""

import argparse
import functools
import json
import logging
import random
import types
from pathlib import Path

import numpy as np
import safetensors.torch
import sentencepiece
import tokenizers
import torch
from pocket_tts.data.audio_utils import convert_audio, end_on_pause
from pocket_tts.models import text_chunking
from pocket_tts.models.flow_lm import lsd_decode
from pocket_tts.models.tts_model import TTSModel
from pocket_tts.modules import text_conditioner
from pocket_tts.modules.stateful_module import increment_steps, init_states
from pocket_tts.utils.config import CONFIGS_DIR, load_config

CONFIGS = ["english_2m_2026-10", "english_7m_2026-10", "english_18m_2026-10", "english"]
PROMPT_SAMPLES = 17_000
TOKENS = 12
STEPS = 8
MASK = (1 << 64) - 1


def name_hash(name):
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def uniform(name, count):
    """SplitMix64 over the indices: float32 values in -1..1."""
    golden = np.uint64(0x9E3779B97F4A7C15)
    z = np.uint64(name_hash(name)) + (np.arange(count, dtype=np.uint64) + np.uint64(1)) * golden
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return ((z >> np.uint64(40)).astype(np.float32) / np.float32(8388608.0)) - np.float32(1.0)


def seeded(name, shape):
    """The seeded weights of a tensor, rounded to bfloat16."""
    count = int(np.prod(shape))
    noise = uniform(name, count)
    centre, scale = 0.0, 0.1
    if name.endswith("freqs"):
        centre, scale = 0.5, 0.5
    elif name.endswith((".alpha", "emb_std")) or (len(shape) == 1 and name.endswith(".weight")):
        centre, scale = 1.0, 0.1
    elif ".layer_scale_" in name:
        centre, scale = 0.3, 0.1
    elif name.endswith(("bos_emb", "bos_before_voice", "embed.weight")):
        centre, scale = 0.0, 1.0
    elif len(shape) > 1:
        fan = 2 * (shape[0] if shape[1] > 1 else 1) if ".convtr." in name else int(np.prod(shape[1:]))
        centre, scale = 0.0, (3.0 / fan) ** 0.5
    values = np.float32(centre) + np.float32(scale) * noise
    return torch.from_numpy(values).reshape(shape).to(torch.bfloat16)


def load(config_name, folder, keep):
    """A model of the reference with seeded weights."""
    stand_in = types.SimpleNamespace(encode=None, decode=None)
    text_conditioner.build_tokenizer = lambda *_args, **_kwargs: stand_in
    config = load_config(CONFIGS_DIR / f"{config_name}.yaml")
    config.weights_path = config.weights_path_without_voice_cloning = None
    model = TTSModel._from_pydantic_config_with_weights(
        config, config.default_temperature, 1, None, config.default_eos_threshold
    )
    weights = {name: seeded(name, tuple(value.shape)) for name, value in model.state_dict().items()}
    if keep:
        target = folder / "models" / config_name
        target.mkdir(parents=True, exist_ok=True)
        safetensors.torch.save_file(weights, target / "model.safetensors")
    model.load_state_dict(weights, strict=True)
    model.eval()
    return model


def sample(values, step):
    """Every `step`-th value of a tensor."""
    return values.detach().float().flatten()[::step].clone()


def caches(state, names, first, last, step):
    kept = [state[name]["cache"][:, :, first:last] for name in names]
    return torch.stack([sample(cache, step) for cache in kept])


@torch.no_grad()
def stages(model):
    """Every stage of the reference for one model, teacher-forced with its own latents."""
    out = {}
    audio = torch.from_numpy(0.3 * uniform("audio", PROMPT_SAMPLES))
    audio = end_on_pause(audio[None], model.sample_rate)
    latents = model.mimi.encode_to_latent(audio[None])
    out["encoder_latents"] = sample(latents, 1)
    condition = model._encode_audio(audio[None])
    out["voice_condition"] = sample(condition, 7)
    if model.flow_lm.insert_bos_before_voice:
        condition = torch.cat([model.flow_lm.bos_before_voice, condition], dim=1)
    state = init_states(model.flow_lm, batch_size=1, sequence_length=condition.shape[1])
    model._run_flow_lm_and_increment_step(model_state=state, audio_conditioning=condition)
    names = [name for name in state if "cache" in state[name]]
    voice = condition.shape[1]
    out["voice_state"] = caches(state, names, 0, voice, 61)

    bins = model.config.flow_lm.lookup_table.n_bins
    tokens = torch.tensor([[name_hash(f"token{index}") % bins for index in range(TOKENS)]])
    out["tokens"] = tokens.float().flatten()
    model._expand_kv_cache(state, sequence_length=voice + TOKENS + STEPS)
    model._run_flow_lm_and_increment_step(model_state=state, text_tokens=tokens)
    out["text_state"] = caches(state, names, voice, voice + TOKENS, 61)

    recorded = []
    backbone = model.flow_lm.backbone

    def record(*args, **kwargs):
        result = backbone(*args, **kwargs)
        recorded.append(result[:, -1].clone())
        return result

    model.flow_lm.backbone = record
    normal = torch.nn.init.normal_
    latent = torch.full((1, 1, model.flow_lm.ldim), float("NaN"))
    latents, logits = [], []
    for step in range(STEPS):
        noise = torch.from_numpy(0.5 * uniform(f"noise{step}", model.flow_lm.ldim))
        torch.nn.init.normal_ = lambda tensor, mean, std, noise=noise: tensor.copy_(noise)
        latent, _ = model._run_flow_lm_and_increment_step(model_state=state, backbone_input_latents=latent)
        latents.append(latent)
        logits.append(model.flow_lm.out_eos(recorded[-1]))
    torch.nn.init.normal_ = normal
    model.flow_lm.backbone = backbone
    if model.flow_lm.flow_type == "lsd":
        flow = functools.partial(model.flow_lm.flow_net, recorded[-1])
        out["two_steps"] = lsd_decode(flow, noise[None], 2)[0]
    out["conditions"] = torch.stack([sample(condition, 3) for condition in recorded])
    out["eos_logits"] = torch.cat(logits).flatten()
    out["latents"] = torch.cat(latents, dim=1)[0]
    out["step_state"] = caches(state, names, voice + TOKENS, voice + TOKENS + STEPS, 61)

    steps = int(model.mimi.encoder_frame_rate / model.mimi.frame_rate)
    state = init_states(model.mimi, batch_size=1, sequence_length=STEPS * steps)
    frames = []
    for latent in latents:
        inputs = latent * model.flow_lm.emb_std + model.flow_lm.emb_mean
        frames.append(model.mimi.decode_from_latent(inputs, state)[0, 0])
        increment_steps(model.mimi, state, increment=steps)
    out["frames"] = torch.stack([sample(frame, 3) for frame in frames])
    return out


@torch.no_grad()
def long_run(model):
    """More frames than the attention window of the codec, and a prompt longer than that of the encoder."""
    out = {}
    audio = torch.from_numpy(0.3 * uniform("long audio", 24 * 1920))
    out["encoder_latents"] = sample(model.mimi.encode_to_latent(audio[None, None]), 1)
    state = init_states(model.mimi, batch_size=1, sequence_length=40 * 16)
    frames = []
    for step in range(40):
        latent = torch.from_numpy(uniform(f"latent{step}", model.flow_lm.ldim))[None, None]
        frames.append(model.mimi.decode_from_latent(latent, state)[0, 0])
        increment_steps(model.mimi, state, increment=16)
    out["frames"] = torch.stack([sample(frame, 96) for frame in frames])
    return out


WORDS = (
    "the of and to in a is that it was for on are with his they be at one have this from or had by hot word but "
    "what some we can out other were all there when up use your how said an each she which their time if will way "
    "about many then them write would like these long make thing see him two has look more day could go come did "
    "number sound most people over know water than call first who may down side been now find any new work part"
).split()

TEXTS = [
    "Hello world. I am a text. I hope you'll like me.",
    "hello",
    "  no capital, no full stop  ",
    "It costs 3.14 dollars. Or 2.5? Yes! Wait... what?",
    'He said: "stop!", and then; well, he went (home)',
    "A trailing comma,",
    "A dash at the end -",
    "Quotes \u2018single\u2019 and \u201cdouble\u201d and a dash \u2013 here \u2014 there\u2026",
    "Line one\nline two\r\nline three",
    "\u00c9t\u00e9 na\u00efve \u00fcber \u00e7a. \u00e9t\u00e9",
    "Unknown signs: \u65e5\u672c \u2603 \U0001f600 end",
    "one two three four",
    "one two three four five",
    "!!! ??? ...",
    "(\"'",
    " ".join(["many words without any mark at all"] * 12),
    ", ".join(["a long sentence with commas in it"] * 12) + ".",
    " ".join(f"Sentence number {index} is here." for index in range(12)),
    "Version 3. 5 came later. 7.",
    "a;b:c,d. e;f",
]


def training_text():
    random.seed(1)
    for _ in range(5000):
        line = " ".join(random.choice(WORDS) for _ in range(random.randint(3, 14))).capitalize()
        if random.random() < 0.4:
            line = line.replace(" ", random.choice([", ", "; ", ": "]), 1)
        if random.random() < 0.2:
            line += f" {random.randint(1, 2030)}.{random.randint(0, 99)}"
        yield line + random.choice([".", ".", "!", "?", "..."])


def train(folder, rule):
    path = folder / f"{rule}.model"
    with open(path, "wb") as file:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=training_text(),
            model_writer=file,
            vocab_size=520,
            model_type="unigram",
            normalization_rule_name=rule,
            byte_fallback=True,
            minloglevel=2,
        )
    return path


def field(message, number):
    """The first length-delimited field of a protobuf message with that number, or None."""

    def varint(position):
        value = shift = 0
        while True:
            byte = message[position]
            value |= (byte & 127) << shift
            position, shift = position + 1, shift + 7
            if byte < 128:
                return value, position

    position = 0
    while position < len(message):
        key, position = varint(position)
        if key & 7 == 2:
            size, position = varint(position)
            if key >> 3 == number:
                return message[position : position + size]
            position += size
        elif key & 7 == 0:
            _, position = varint(position)
        else:
            position += 4 if key & 7 == 5 else 8
    return None


def convert(model, path, special):
    """The same vocabulary as a file of Hugging Face tokenizers."""
    pieces = sentencepiece.SentencePieceProcessor(str(model))
    vocab = [(pieces.id_to_piece(index), pieces.get_score(index)) for index in range(pieces.vocab_size())]
    out = tokenizers.Tokenizer(tokenizers.models.Unigram(vocab, unk_id=pieces.unk_id(), byte_fallback=True))
    if special:
        out.add_special_tokens(["<unk>", "<s>", "</s>"])
    spaces = tokenizers.normalizers.Replace(tokenizers.Regex(" {2,}"), " ")
    charsmap = field(field(model.read_bytes(), 3), 2)
    if charsmap:
        spaces = tokenizers.normalizers.Sequence([tokenizers.normalizers.Precompiled(charsmap), spaces])
    out.normalizer = spaces
    out.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace(prepend_scheme="always")
    metaspace = tokenizers.decoders.Metaspace(prepend_scheme="always")
    out.decoder = tokenizers.decoders.Sequence([tokenizers.decoders.ByteFallback(), metaspace])
    out.save(str(path))


def texts(folder, build):
    """Tokens and chunks of the reference."""
    identity, nfkc = train(folder, "identity"), train(folder, "nmt_nfkc")
    convert(identity, folder / "identity.json", special=False)
    convert(nfkc, folder / "nmt_nfkc.json", special=True)
    cases = []
    for name in ["identity.model", "nmt_nfkc.model", "identity.json", "nmt_nfkc.json"]:
        kind = "tokenizers" if name.endswith(".json") else "sentencepiece"
        tokenizer = build(520, str(folder / name), kind)
        for config_name in ["english_18m_2026-10", "english", "german", "english_2026-01"]:
            config = load_config(CONFIGS_DIR / f"{config_name}.yaml")
            rules = (
                config.pad_with_spaces_for_short_inputs,
                config.remove_semicolons,
                config.append_terminal_punctuation,
                config.capitalize_first_letter,
                config.replace_characters,
            )
            for text in TEXTS:
                chunks = text_chunking.split_into_best_sentences(tokenizer, text, 50, *rules)
                spoken = []
                for chunk in chunks:
                    prepared, tail = text_chunking.prepare_text_prompt(chunk, *rules)
                    spoken.append({"text": prepared, "tail": tail + 2, "tokens": tokenizer(prepared)[0].tolist()})
                cases.append({"tokenizer": name, "config": config_name, "text": text, "chunks": spoken})
    (folder / "texts.json").write_text(json.dumps(cases, ensure_ascii=False, separators=(",", ":")))


def sounds():
    out = {}
    audio = torch.from_numpy(uniform("resampled", 3000))[None]
    for rate in [8_000, 16_000, 22_050, 44_100, 48_000, 11_111]:
        out[f"resampled_{rate}"] = convert_audio(audio, rate, 24_000, 1)[0][::5].clone()
    quiet = audio.repeat(1, 3)
    quiet[:, 5000:] *= 1e-4
    out["paused"] = end_on_pause(quiet, 24_000)[0].clone()
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--weights", action="store_true")
    parser.add_argument("--texts", action="store_true", help="only the tokenizers and texts")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    folder = options.out
    folder.mkdir(parents=True, exist_ok=True)
    texts(folder, text_conditioner.build_tokenizer)
    if options.texts:
        return
    safetensors.torch.save_file(sounds(), folder / "sounds.safetensors")
    for name in CONFIGS:
        model = load(name, folder, options.weights)
        golden = stages(model)
        peak = {key: round(float(value.abs().max()), 3) for key, value in golden.items()}
        print(name, peak)
        safetensors.torch.save_file(golden, folder / f"{name}.safetensors")
        if name in ("english_2m_2026-10", "english"):
            safetensors.torch.save_file(long_run(model), folder / f"{name}.long.safetensors")


if __name__ == "__main__":
    main()
