// Streams of a real server: whole, cut, resumed, left.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as api from '../dist/index.js';
import { client, collect, cuttingProxy, scriptedAgent } from './support.mjs';

const ANSWER = 'Grüße aus dem Bau 🦊🦊 — ein Satz, der lang genug ist, um überall zerschnitten zu werden.';
const SCRIPT = `@@reply ${ANSWER}\n@@chunks chars:3`;

function whole({ events, ids, text }) {
  assert.equal(text, ANSWER);
  assert.equal(events.at(-1).type, 'done');
  assert.equal(events.at(-1).response, ANSWER);
  assert.equal(events.filter((event) => event.done).length, 1, 'one last event');
  for (let i = 1; i < ids.length; i += 1) assert.ok(ids[i] > ids[i - 1], `ids rise: ${ids}`);
}

test('an answer arrives piece by piece', async () => {
  const agent = await scriptedAgent();
  const stream = await api.streamMessage(client, agent.id, { message: SCRIPT });
  assert.match(stream.runId, /^[0-9a-f-]{36}$/);
  assert.match(stream.sessionId, /^[0-9a-f-]{36}$/);
  whole(await collect(stream));
});

test('a stream that is cut goes on, wherever the cut is', async () => {
  const agent = await scriptedAgent();
  const inside = (body) => {
    const fox = body.indexOf(Buffer.from('🦊'));
    return fox < 0 ? -1 : fox + 2;
  };
  const at = (offset) => (body) => (body.length >= offset ? offset : -1);
  const cuts = [inside, ...[0, 1, 7, 40, 150, 333, 500, 800, 1200].map(at)];
  for (const [index, cut] of cuts.entries()) {
    const proxy = await cuttingProxy(cut);
    const stream = await api.streamMessage(proxy.client, agent.id, { message: SCRIPT });
    whole(await collect(stream));
    assert.ok(proxy.connections() >= 2, `cut ${index} happened`);
    proxy.close();
  }
  const { data } = await api.listSessionMessages({ client, path: { id: (await api.getAgentSession({ client, path: { id: agent.id } })).data.id } });
  assert.equal(data.messages.filter((message) => message.role === 'User').length, cuts.length, 'no message was sent twice');
});

test('a stream that cannot be resumed says how far it came', async () => {
  const agent = await scriptedAgent();
  const proxy = await cuttingProxy((body) => (body.length > 600 ? 600 : -1));
  const stream = await api.streamMessage(proxy.client, agent.id, { message: SCRIPT }, { reconnects: 0 });
  await assert.rejects(collect(stream), (error) => {
    assert.ok(error instanceof api.ConnectionLost);
    assert.equal(error.runId, stream.runId);
    assert.equal(error.lastEventId, stream.lastEventId);
    return true;
  });
  proxy.close();
  const rest = await collect(await api.followRun(client, stream.runId, { after: stream.lastEventId ?? 0 }));
  assert.equal(rest.events.at(-1).response, ANSWER);
  assert.ok(rest.ids.every((id) => id > Number(stream.lastEventId ?? 0)), 'only later events');
});

test('a run can be followed again, and after its last event there is nothing', async () => {
  const agent = await scriptedAgent();
  const first = await api.streamMessage(client, agent.id, { message: SCRIPT });
  whole(await collect(first));
  whole(await collect(await api.followRun(client, first.runId)));
  assert.deepEqual((await collect(await api.followRun(client, first.runId, { after: first.lastEventId }))).events, []);
});

test('leaving a stream does not stop the run', async () => {
  const agent = await scriptedAgent();
  const slow = `${SCRIPT}\n@@delay 300ms at=chunk:2`;
  const controller = new AbortController();
  const stream = await api.streamMessage(client, agent.id, { message: slow }, { signal: controller.signal });
  await assert.rejects(async () => {
    for await (const event of stream) if (event.type === 'text_delta') controller.abort();
  }, { name: 'AbortError' });
  const { data: run } = await api.getRun({ client, path: { id: stream.runId }, query: { wait_secs: 30 } });
  assert.equal(run.status, 'completed');

  const left = await api.streamMessage(client, agent.id, { message: slow });
  for await (const event of left) if (event.type === 'text_delta') break;
  const { data: again } = await api.getRun({ client, path: { id: left.runId }, query: { wait_secs: 30 } });
  assert.equal(again.status, 'completed');
});

test('a run can be cancelled', async () => {
  const agent = await scriptedAgent();
  const stream = await api.streamMessage(client, agent.id, { message: '@@reply one two three\n@@hang after_chunks=1' });
  let last;
  for await (const event of stream) {
    last = event;
    if (event.type === 'text_delta') await api.cancelRun({ client, path: { id: stream.runId }, body: { reason: 'enough' } });
  }
  assert.deepEqual([last.type, last.status], ['done', 'cancelled']);
});
