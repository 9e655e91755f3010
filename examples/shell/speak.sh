#!/bin/sh
# Speaks over HTTP with curl: sign in, make a key, upload a recording, speak, and the same with OpenAI's route.
#
#   loqui serve --demo-user &
#   sh examples/shell/speak.sh tests/voices/heart.mp3 "Hello! This is my voice." hello
set -eu
url=${LOQUI_URL:-http://127.0.0.1:8000}
voice=$1 text=$2 name=$3

# Reads a field of a JSON object of one level.
field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }

token=$(curl -sS --fail-with-body -d username=testuser -d password=testpass123 "$url/api/auth/login" | field access_token)
key=$(curl -sS --fail-with-body -H "authorization: Bearer $token" --json '{"name": "curl"}' "$url/api/auth/keys" | field key)

# OpenAI's routes: the voice keeps its name.
curl -sS --fail-with-body -H "authorization: Bearer $key" -F name="$name" -F audio_sample="@$voice" "$url/v1/audio/voices" > /dev/null
printf '{"model": "tts-1", "voice": "%s", "input": "%s", "response_format": "mp3"}' "$name" "$text" |
    curl -sS --fail-with-body -H "authorization: Bearer $key" --json @- -o "$name.mp3" "$url/v1/audio/speech"

# Server-sent events, one JSON object for each piece of audio.
printf '{"model": "tts-1", "voice": "%s", "input": "%s", "stream_format": "sse"}' "$name" "$text" |
    curl -sSN --fail-with-body -H "authorization: Bearer $key" --json @- "$url/v1/audio/speech" | tail -n 2
