#!/bin/sh
# Makes the sample voices of this folder, each as WAV (as its engine gives it) and as MP3.
#
# Needs on the PATH: `hibari` (PyPI hibari-tts 0.2.1), `flite` 2.2 with the voices rms and slt,
# `lame` 3.100, `ffmpeg`. Nothing else in the project needs them: the results are committed.
#
# usage: sh make.sh
set -eu
cd "$(dirname "$0")"

say_heart() {
    # The seed fixes the noise part; the bytes may still differ in the last bits between machines.
    hibari --seed 7 --out heart.raw.wav "$1" >&2
}

say_flite() {
    flite -voice "$1" -t "$2" -o "$1.raw.wav"
}

# Keeps samples, rate and width; drops everything that varies from run to run (dates, tool names).
finish() {
    ffmpeg -loglevel error -y -i "$1.raw.wav" -map_metadata -1 -fflags +bitexact -flags:a +bitexact \
        -c:a pcm_s16le -ac 1 "$1.wav"
    rm "$1.raw.wav"
    lame --quiet -m m -b 64 --cbr "$1.wav" "$1.mp3"
}

say_heart "On Saturday we walked down to the harbour before the shops opened. \
The water was flat and grey, and two old boats knocked against the wall. \
My sister bought warm bread, and we ate it on the steps while the light came up over the roofs."
finish heart

say_flite rms "The train left a little after nine, and it had rained since morning. \
I sat by the window with a thick book on my knees. \
Fields and bridges went past, and somewhere behind me a child was counting the cows."
finish rms

say_flite slt "My grandmother kept a jar of buttons on the kitchen shelf, and every one of them had a story. \
The large green one came from a coat that crossed the sea. When the winter evenings were long, \
we poured them all onto the table and listened."
finish slt
