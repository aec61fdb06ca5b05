// Errors, patience and pages.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import test from 'node:test';
import * as api from '../dist/index.js';
import { apiKey, baseUrl, client, ownServer } from './support.mjs';

const NOBODY = '01890000-0000-7000-8000-000000000000';

test('failures are typed and say why', async () => {
  await assert.rejects(api.getAgent({ client, path: { id: NOBODY } }), (error) => {
    assert.ok(error instanceof api.ApiError);
    assert.deepEqual([error.status, error.code], [404, 'agent_not_found']);
    assert.match(error.requestId, /^[0-9a-f-]{36}$/);
    return true;
  });
  await assert.rejects(api.createApiKey({ client, body: { name: '', role: 'viewer' } }), (error) => {
    assert.deepEqual([error.status, error.code, error.details[0].field], [400, 'invalid_request', 'name']);
    return true;
  });
  const stranger = api.connect({ baseUrl, apiKey: () => 'no-such-key' });
  await assert.rejects(api.listAgents({ client: stranger }), (error) => {
    assert.deepEqual([error.status, error.headers.get('www-authenticate')], [401, 'Bearer']);
    return true;
  });
  await assert.rejects(api.streamMessage(client, NOBODY, { message: 'x' }), { status: 404, code: 'agent_not_found' });
  const gone = api.connect({ baseUrl: 'http://127.0.0.1:1', apiKey });
  await assert.rejects(api.getHealth({ client: gone }), TypeError);
});

test('429 is waited out when the pause is short', async () => {
  let calls = 0;
  let pause = '0';
  const server = createServer((request, response) => {
    calls += 1;
    request.resume().on('end', () => {
      if (calls === 1) response.writeHead(429, { 'retry-after': pause }).end('{"error":"slow","code":"rate_limited"}');
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
    });
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${server.address().port}`;
  assert.equal((await api.getHealth({ client: api.connect({ baseUrl: url }) })).data.status, 'ok');
  assert.equal(calls, 2);
  calls = 0;
  await assert.rejects(api.getHealth({ client: api.connect({ baseUrl: url, retries: 0 }) }), { status: 429, retryAfter: 0 });
  calls = 0;
  pause = '31';
  await assert.rejects(api.getHealth({ client: api.connect({ baseUrl: url }) }), { code: 'rate_limited', retryAfter: 31 });
  assert.equal(calls, 1);
  server.close();
});

test('the real rate limit is waited out', async () => {
  const server = await ownServer({ OPENFANG_RATE_LIMIT__BURST: '10', OPENFANG_RATE_LIMIT__QUOTA_PER_HOUR: '36000' });
  try {
    const patient = api.connect({ baseUrl: server.url, apiKey });
    for (let i = 0; i < 4; i += 1) await api.listApiKeys({ client: patient });
    const hasty = api.connect({ baseUrl: server.url, apiKey, retries: 0 });
    const asked = Array.from({ length: 8 }, () => api.listApiKeys({ client: hasty }));
    const refused = (await Promise.allSettled(asked)).find((outcome) => outcome.status === 'rejected');
    assert.equal(refused?.reason.code, 'rate_limited');
    assert.ok(refused.reason.retryAfter >= 1);
  } finally {
    await server.stop();
  }
});

test('pages follow each other, wrapped and bare', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'].map((letter) => `pages-${process.pid}-${letter}`);
  for (const name of names) await api.createApiKey({ client, body: { name, role: 'viewer' } });
  const found = [];
  for await (const key of api.rows(api.listApiKeys, { client, query: { limit: 2 } })) found.push(key.name);
  assert.deepEqual(names.filter((name) => !found.includes(name)), []);
  assert.equal(new Set(found).size, found.length);
  let sizes = 0;
  for await (const page of api.pages(api.listApiKeys, { client, query: { limit: 2 } })) {
    assert.ok(page.keys.length <= 2 && page.total >= 5);
    sizes += page.keys.length;
  }
  assert.equal(sizes, found.length);

  for (const name of names) await api.createAgent({ client, body: { name, model: 'builtin/echo' } });
  const agents = [];
  for await (const agent of api.rows(api.listAgents, { client, query: { limit: 2 } })) agents.push(agent.name);
  assert.deepEqual(names.filter((name) => !agents.includes(name)), []);
});
