#!/bin/sh
# Makes the files of rare formats in this folder from voice.flac. Needs ffmpeg and sox. The other files were made by hand from
# the same recording.
set -eu
cd "$(dirname "$0")"
quiet="ffmpeg -nostdin -loglevel error -y -bitexact"
$quiet -i voice.flac -ar 8000 -ac 1 -c:a adpcm_ms ms-adpcm.wav
$quiet -i voice.flac -ar 8000 -ac 1 -c:a adpcm_ima_qt ima4.caf
$quiet -i voice.flac -ar 8000 -ac 1 -c:a adpcm_ima_qt ima4.aifc
$quiet -i voice.flac -ar 8000 -ac 1 -c:a adpcm_ima_wav -rf64 always rf64.wav
$quiet -i voice.flac -ar 8000 -ac 1 -c:a pcm_alaw alaw.w64
sox -R voice.flac -r 8000 -c 1 -e gsm-full-rate gsm.wav
sox -R voice.flac -r 8000 -c 1 -e mu-law mulaw.au
# A film: a grey picture and two sound tracks, music first. The second track has the voice.
$quiet -f lavfi -i color=gray:s=16x16:r=1:d=6 \
    -f lavfi -i "aevalsrc=0.2*sin(440*PI*t)*exp(-3*mod(t\,0.5))+0.2*sin(660*PI*t)*exp(-3*mod(t\,0.5)):s=24000:d=6" \
    -i voice.flac -map 0 -map 1 -map 2 -c:v mpeg4 -c:a aac -b:a 32k -shortest two-tracks.mov
# A film of an old camera.
$quiet -f lavfi -i color=gray:s=16x16:r=5:d=6 -i voice.flac -c:v mjpeg -ar 8000 -ac 1 -c:a adpcm_ima_wav -shortest film.avi
# 5.1 with the voice in the centre.
$quiet -i voice.flac -af "aresample=24000,pan=5.1|FC=c0|FL=0*c0" -c:a libopus -b:a 48k centre.opus
