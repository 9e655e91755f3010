// A Fastify plugin: POST /speak with { "text": "..." } returns a WAV file.

import { Loqui, LoquiError, Sample } from 'loqui-node';

export default async function loqui(fastify, { voice, client = new Loqui() }) {
  const sample = await Sample.open(voice);

  fastify.post('/speak', async (request, reply) => {
    try {
      const speech = await client.speak(sample, request.body.text);
      return reply.type('audio/wav').send(speech.wav);
    } catch (error) {
      if (!(error instanceof LoquiError)) throw error;
      const { code, message, hint } = error;
      return reply.code(error.retryable ? 503 : 422).send({ error: { code, message, hint } });
    }
  });

  fastify.addHook('onClose', async () => client.close());
}
