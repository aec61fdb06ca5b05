// The WebSocket of an agent.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as api from '../dist/index.js';
import { client, scriptedAgent } from './support.mjs';

async function until(socket, type) {
  const frames = [];
  for await (const frame of socket) {
    frames.push(frame);
    if (frame.type === type) return frames;
  }
  throw new Error(`no ${type}: ${JSON.stringify(frames)}`);
}

test('a conversation over a socket', async () => {
  const agent = await scriptedAgent();
  const socket = await api.openSocket(client, agent.id);
  const [connected] = await until(socket, 'connected');
  assert.equal(connected.agent_id, agent.id);
  socket.send({ type: 'ping' });
  await until(socket, 'pong');
  socket.send({ type: 'message', content: '@@reply Grüße 🦊' });
  const frames = await until(socket, 'response');
  assert.equal(frames.at(-1).content, 'Grüße 🦊');
  assert.equal(frames.filter((f) => f.type === 'text_delta').map((f) => f.content).join(''), 'Grüße 🦊');
  socket.send({ type: 'nonsense' });
  assert.equal((await until(socket, 'error')).at(-1).code, 'unknown_frame');
  socket.close();
  for await (const frame of socket) assert.notEqual(frame.type, 'error');
});

test('a socket that is refused says so', async () => {
  const stranger = api.connect({ baseUrl: client.getConfig().baseUrl, apiKey: 'no-such-key' });
  const agent = await scriptedAgent();
  await assert.rejects(api.openSocket(stranger, agent.id), api.SocketClosed);
});
