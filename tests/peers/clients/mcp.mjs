// The official JavaScript client of the Model Context Protocol, over stdio and over HTTP.

import assert from 'node:assert/strict';

import { report, require } from './report.mjs';

const { Client } = require('@modelcontextprotocol/sdk/client/index.js');
const { StdioClientTransport } = require('@modelcontextprotocol/sdk/client/stdio.js');
const { StreamableHTTPClientTransport } = require('@modelcontextprotocol/sdk/client/streamableHttp.js');

const { LOQUI_PROGRAM, LOQUI_MCP_URL, LOQUI_DATA_DIR, PATH } = process.env;
const worked = await report('MCP SDK, JavaScript', '@modelcontextprotocol/sdk');

async function used(transport, name) {
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(transport);
  const tools = (await client.listTools()).tools.map((tool) => tool.name);
  assert.ok(tools.includes('speak') && tools.includes('read_generation'), tools.join());
  worked(`listTools (${name})`);
  const voices = await client.callTool({ name: 'list_voices', arguments: {} });
  assert.equal(voices.structuredContent.voices[0].name, 'anna');
  worked(`callTool list_voices (${name})`);
  let reports = 0;
  const text = 'Hello there, my friend. '.repeat(20);
  const spoken = await client.callTool(
    { name: 'speak', arguments: { text, voice: 'anna', audio_format: 'mp3' } },
    undefined,
    { onprogress: () => (reports += 1), resetTimeoutOnProgress: true },
  );
  assert.ok(!spoken.isError, JSON.stringify(spoken));
  const link = spoken.content.find((block) => block.type === 'resource_link');
  if (name === 'HTTP') {
    const read = await client.readResource({ uri: link.uri });
    assert.equal(read.contents[0].mimeType, 'audio/mpeg');
    worked('readResource (HTTP)');
  } else {
    assert.ok(link.uri.startsWith('file:///'), link.uri);
  }
  assert.ok(reports > 0, 'no progress');
  worked(`callTool speak, with progress (${name})`);
  const refused = await client.callTool({ name: 'speak', arguments: { text: 'Hello.', voice: 'nobody' } });
  assert.equal(refused.structuredContent.error.code, 'sample.not_found');
  worked(`errors (${name})`);
  await client.close();
}

await used(
  new StdioClientTransport({
    command: LOQUI_PROGRAM,
    args: ['mcp', '--engine', 'offline'],
    env: { LOQUI_DATA_DIR, PATH },
    stderr: 'ignore',
  }),
  'stdio',
);
await used(new StreamableHTTPClientTransport(new URL(LOQUI_MCP_URL)), 'HTTP');
