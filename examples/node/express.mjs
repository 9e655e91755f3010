// A handler for Express or plain `node:http`: POST a text, receive a WAV file. The server chooses the voice.

import { Loqui, LoquiError, Sample } from 'loqui-node';

/** HTTP status of each error class. All other errors are 500. */
const STATUS = { InvalidInputError: 422, RateLimitError: 429, PaymentError: 402, DeadlineError: 504 };

/** Creates the handler: `app.post('/speak', await speak('me.wav'))`. */
export async function speak(voice, client = new Loqui()) {
  const sample = await Sample.open(voice);
  return async (request, response) => {
    const gone = new AbortController();
    response.on('close', () => response.writableFinished || gone.abort());
    try {
      const speech = await client.speak(sample, await textOf(request), { signal: gone.signal });
      response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': speech.wav.length });
      response.end(speech.wav);
    } catch (error) {
      if (gone.signal.aborted) return; // the client disconnected; the generation is cancelled
      const known = error instanceof LoquiError;
      const body = known
        ? { error: { code: error.code, message: error.message, hint: error.hint } }
        : { error: { code: 'internal', message: 'internal error' } };
      response.writeHead((known && STATUS[error.name]) || 500, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    }
  };
}

async function textOf(request) {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += chunk;
  return text;
}
