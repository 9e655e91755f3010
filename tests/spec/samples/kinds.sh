#!/bin/sh
# Makes the files of `kinds`: one voice in every supported file format, and some unusable files.
#
# Needs on the PATH: `ffmpeg` 5 or later with libopus, libvorbis and libmp3lame, `lame` 3.100. Nothing else in the
# project needs them: the results are committed. `../cases/kinds.json` says what each of them must come out as.
#
# usage: sh kinds.sh
set -eu
cd "$(dirname "$0")"
mkdir -p kinds

voice=../../voices/slt.wav
# The first 6 s, without anything that varies from run to run.
convert() {
    name=$1
    shift
    ffmpeg -loglevel error -y -t 6 -i "$voice" -map_metadata -1 -fflags +bitexact -flags:a +bitexact "$@" "kinds/$name"
}

convert voice.flac -c:a flac
convert voice.ogg -c:a libvorbis -q:a 0
convert voice.opus -c:a libopus -b:a 16k
convert voice-stereo.opus -c:a libopus -b:a 24k -ac 2
convert recorder.webm -c:a libopus -b:a 16k -f webm -live 1
convert voice.m4a -c:a aac -b:a 32k
convert fragmented.mp4 -c:a aac -b:a 32k -movflags frag_keyframe+empty_moov -frag_duration 1000000
convert lossless.m4a -c:a alac
convert voice.aac -c:a aac -b:a 32k -f adts
convert voice.mp2 -c:a mp2 -b:a 32k
convert voice.aiff -c:a pcm_s16be -ar 8000
convert voice.caf -c:a pcm_s16le -ar 8000
convert alaw.wav -c:a pcm_alaw -ar 8000
convert mulaw.wav -c:a pcm_mulaw -ar 8000
convert pcm8.wav -c:a pcm_u8 -ar 8000
convert adpcm.wav -c:a adpcm_ima_wav -ar 8000
convert voice.wma -c:a wmav2 -b:a 32k
convert speex.mka -c:a ac3 -b:a 32k
mv kinds/speex.mka kinds/dolby.mka
# Silence first, so that the bit rate of the first frames does not represent the rest; and no table of contents.
ffmpeg -loglevel error -y -f lavfi -t 2 -i anullsrc=r=16000:cl=mono -t 6 -i "$voice" \
    -filter_complex '[0:a][1:a]concat=n=2:v=0:a=1' -c:a pcm_s16le kinds/long.wav
lame --quiet -V 6 -t kinds/long.wav kinds/vbr-without-table.mp3
rm kinds/long.wav
# The extension does not match the content.
lame --quiet -m m -b 24 --cbr "$voice" kinds/mp3-named.wav 2>/dev/null
head -c 12000 kinds/mp3-named.wav > kinds/cut.mp3
# Cover art in the tag of the file.
ffmpeg -loglevel error -y -f lavfi -i color=c=red:s=600x600 -frames:v 1 kinds/art.png
ffmpeg -loglevel error -y -t 6 -i "$voice" -i kinds/art.png -map 0:a -map 1:v -c:a libmp3lame -b:a 24k -c:v copy \
    -id3v2_version 3 -disposition:v attached_pic -fflags +bitexact -flags:a +bitexact kinds/art.mp3
# A video: its audio track is decoded.
ffmpeg -loglevel error -y -t 6 -i "$voice" -f lavfi -t 6 -i color=c=blue:s=64x64:r=1 -map 1:v -map 0:a -c:v mpeg4 \
    -b:v 5k -c:a aac -b:a 32k -map_metadata -1 -fflags +bitexact -flags:a +bitexact kinds/film.mp4
# Recordings with defects.
man=../../voices/rms.wav
convert clipped.ogg -af volume=24dB,alimiter=limit=0.9:level=0:attack=0.1:release=1,volume=3dB -c:a libvorbis -q:a 3
convert quiet.flac -af volume=-42dB -c:a flac
convert offset.flac -af dcshift=0.2 -c:a flac
convert telephone.opus -af highpass=f=300,lowpass=f=3000 -c:a libopus -b:a 16k
ffmpeg -loglevel error -y -t 7 -i "$voice" -t 7 -i "$man" -filter_complex '[0:a][1:a]concat=n=2:v=0:a=1' \
    -map_metadata -1 -fflags +bitexact -flags:a +bitexact -c:a libopus -b:a 16k kinds/two-people.opus
ffmpeg -loglevel error -y -t 8 -i "$voice" -f lavfi -t 8 -i anoisesrc=c=pink:a=0.25:r=16000:s=7 \
    -filter_complex '[0:a][1:a]amix=inputs=2:normalize=0' \
    -map_metadata -1 -fflags +bitexact -flags:a +bitexact -c:a libvorbis -q:a 1 kinds/noisy.ogg
