// Programs that speak with the address and the voice of the user.

/** @typedef {{origin: string, key: string, voice: {id: number, name: string} | null, text: string}} About */

const quoted = (/** @type {string} */ text) => JSON.stringify(text);
// For a shell: within single quotes.
const shell = (/** @type {string} */ text) => `'${text.replace(/'/g, `'\\''`)}'`;

/** @type {Record<string, (about: About) => string>} */
export const SNIPPETS = {
  curl: ({ origin, key, voice, text }) =>
    `curl ${origin}/v1/audio/speech \\
  -H 'Authorization: Bearer ${key}' \\
  -H 'Content-Type: application/json' \\
  -d ${shell(JSON.stringify({ input: text, voice: voice.name, response_format: 'mp3' }))} \\
  -o speech.mp3`,

  python: ({ origin, key, voice, text }) =>
    `# pip install requests
import requests

answer = requests.post(
    "${origin}/v1/audio/speech",
    headers={"Authorization": "Bearer ${key}"},
    json={"input": ${quoted(text)}, "voice": ${quoted(voice.name)}},
)
answer.raise_for_status()
open("speech.mp3", "wb").write(answer.content)`,

  node: ({ origin, key, voice, text }) =>
    `// Node 20 or later, speech.mjs
import { writeFile } from 'node:fs/promises';

const answer = await fetch('${origin}/v1/audio/speech', {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: 'Bearer ${key}' },
  body: JSON.stringify({ input: ${quoted(text)}, voice: ${quoted(voice.name)} }),
});
if (!answer.ok) throw new Error(await answer.text());
await writeFile('speech.mp3', Buffer.from(await answer.arrayBuffer()));`,

  openai: ({ origin, key, voice, text }) =>
    `# pip install openai
from openai import OpenAI

client = OpenAI(base_url="${origin}/v1", api_key="${key}")
with client.audio.speech.with_streaming_response.create(
    model="tts-1",
    voice=${quoted(voice.name)},
    input=${quoted(text)},
) as answer:
    answer.stream_to_file("speech.mp3")`,

  elevenlabs: ({ origin, key, voice, text }) =>
    `# pip install elevenlabs
from elevenlabs import ElevenLabs, save

client = ElevenLabs(base_url="${origin}", api_key="${key}")
audio = client.text_to_speech.convert(
    voice_id="${voice.id}",
    text=${quoted(text)},
)
save(audio, "speech.mp3")`,
};
