// The server under test, agents on it, servers of a test's own, and a proxy that cuts connections.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect as dial, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as api from '../dist/index.js';

export const baseUrl = process.env.OPENFANG_URL;
export const apiKey = process.env.OPENFANG_API_KEY;
export const client = api.connect({ baseUrl, apiKey });

let count = 0;

/** An agent whose model does what the message says. */
export async function scriptedAgent() {
  count += 1;
  const name = `ts-${process.pid}-${count}`;
  const { data } = await api.createAgent({ client, body: { name, model: 'builtin/script' } });
  return data;
}

/** A server of its own, for what would disturb the others. */
export async function ownServer(settings) {
  const home = await mkdtemp(join(tmpdir(), 'openfang-'));
  const env = { PATH: process.env.PATH, OPENFANG_HOME: home, OPENFANG_API_KEY: apiKey, ...settings };
  const server = spawn(process.env.SERVER_BINARY, ['start', '--listen', '127.0.0.1:0'], { env });
  let log = '';
  const url = await new Promise((resolve, reject) => {
    server.stderr.setEncoding('utf8').on('data', (text) => {
      log += text;
      const found = /API +(http:\/\/[^/]+)\/docs/.exec(log);
      if (found) resolve(found[1]);
    });
    server.on('exit', () => reject(new Error(`the server ended:\n${log}`)));
  });
  const ended = once(server, 'exit');
  return {
    url,
    ended,
    stop: async () => {
      server.kill();
      await ended;
      await rm(home, { recursive: true });
    },
  };
}

/** Passes everything on, but cuts its first connection where `cut(body so far)` says so; -1 = not yet. */
export async function cuttingProxy(cut) {
  const { hostname, port } = new URL(baseUrl);
  let connections = 0;
  const server = createServer((inner) => {
    connections += 1;
    const isCut = connections === 1;
    const outer = dial(Number(port), hostname);
    let seen = Buffer.alloc(0);
    let sent = 0;
    inner.on('error', () => outer.destroy()).on('close', () => outer.destroy());
    outer.on('error', () => inner.destroy()).on('end', () => inner.end());
    inner.pipe(outer, { end: false });
    outer.on('data', (bytes) => {
      if (!isCut) return inner.write(bytes);
      seen = Buffer.concat([seen, bytes]);
      const body = seen.indexOf('\r\n\r\n') + 4;
      const at = body < 4 ? -1 : cut(seen.subarray(body));
      const upTo = at < 0 ? seen.length : Math.min(body + at, seen.length);
      inner.write(seen.subarray(sent, upTo), () => {
        // A reset, as a lost network would look.
        if (at >= 0 && upTo === body + at) inner.resetAndDestroy();
      });
      sent = upTo;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    client: api.connect({ baseUrl: `http://127.0.0.1:${server.address().port}`, apiKey }),
    connections: () => connections,
    close: () => server.close(),
  };
}

/** Collects a stream: its events, the joined text, and the ids. */
export async function collect(stream) {
  const events = [];
  const ids = [];
  for await (const event of stream) {
    events.push(event);
    ids.push(Number(stream.lastEventId));
  }
  const text = events.filter((e) => e.type === 'text_delta').map((e) => e.delta).join('');
  return { events, ids, text };
}
