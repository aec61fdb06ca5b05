// A server of its own on a free port, which can be killed in the middle of its work and started again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY_MS = 30_000;

export class Server {
  /** With an empty home; `env` changes its settings. */
  static async start(env = {}) {
    const server = new Server();
    server.home = await mkdtemp(join(tmpdir(), 'openfang-ui-'));
    server.env = { ...env };
    server.listen = '127.0.0.1:0';
    await server.launch();
    return server;
  }

  async launch() {
    const log = join(this.home, `server-${Date.now()}.log`);
    const file = await open(log, 'a');
    const env = {
      PATH: process.env.PATH,
      OPENFANG_HOME: join(this.home, 'home'),
      OPENFANG_BUILTIN_SCRIPT: '1',
      OPENFANG_RATE_LIMIT__ENABLED: 'false',
      ...this.env,
    };
    this.process = spawn(process.env.OPENFANG_BINARY, ['start', '--listen', this.listen], { env, stdio: ['ignore', file.fd, file.fd] });
    await file.close();
    const deadline = Date.now() + READY_MS;
    for (;;) {
      const text = await readFile(log, 'utf8');
      const address = /API +http:\/\/([^/]+)\/docs/.exec(text)?.[1];
      if (address !== undefined) {
        this.listen = address; // the same again after a restart
        this.url = `http://${address}`;
        return;
      }
      if (this.process.exitCode !== null || Date.now() > deadline) throw new Error(`the server did not start:\n${text}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  /** As if the power went. */
  async kill() {
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
  }

  async stop() {
    if (this.process.exitCode === null && this.process.signalCode === null) await this.kill();
    await rm(this.home, { recursive: true, force: true });
  }

  /** A call of the API beside the page. */
  async call(method, path, body, key) {
    const response = await fetch(this.url + path, {
      method,
      headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** An agent on the scripted model: what it answers stands in the message. */
  scripted(name, manifest = {}) {
    return this.call('POST', '/api/agents', {
      manifest: { name, ...manifest, model: { provider: 'builtin', model: 'script', ...manifest.model } },
    });
  }
}
