// A Next.js route (app/api/speak/route.js): POST { "text": "..." } returns a WAV file. It needs the Node runtime, and
// `serverExternalPackages: ['loqui-node']` in next.config.mjs, so that the native addon is not bundled.

import { Loqui, LoquiError, Sample } from 'loqui-node';

export const runtime = 'nodejs';

// Opened on the first request and reused.
let opened;
const open = () => (opened ??= { client: new Loqui(), sample: Sample.open(process.env.VOICE ?? 'me.wav') });

export async function POST(request) {
  try {
    const { text } = await request.json();
    const { client, sample } = open();
    const speech = await client.speak(await sample, text, { signal: request.signal });
    return new Response(speech.wav, { headers: { 'content-type': 'audio/wav' } });
  } catch (error) {
    if (!(error instanceof LoquiError)) throw error;
    const { code, message, hint } = error;
    return Response.json({ error: { code, message, hint } }, { status: error.retryable ? 503 : 422 });
  }
}
