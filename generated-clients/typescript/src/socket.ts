// The WebSocket of an agent: frames in, frames out.
import type { Client } from './generated/client/index.js';
import type { ClientFrame, ServerFrame } from './generated/types.gen.js';

export interface SocketOptions {
  /** Another session than the active one. */
  sessionId?: string;
  /** Run to replay first, after event `lastEventId`. */
  runId?: string;
  lastEventId?: number | string;
  /** Needed where there is no global WebSocket (Node.js before 22). */
  WebSocket?: typeof WebSocket;
}

/** Why a socket ended; 1001: the server is stopping, connect again. */
export class SocketClosed extends Error {
  override readonly name = 'SocketClosed';

  constructor(
    readonly closeCode: number,
    readonly reason: string,
  ) {
    super(`The WebSocket closed with ${closeCode} ${reason}`.trim());
  }
}

/** Connects to an agent (UUID or name). Browsers cannot set headers here, so the key goes in the query. */
export async function openSocket(client: Client, agent: string, options: SocketOptions = {}): Promise<AgentSocket> {
  const { auth, baseUrl } = client.getConfig();
  const url = new URL(`/api/agents/${encodeURIComponent(agent)}/ws`, baseUrl ?? globalThis.location?.origin);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const token = typeof auth === 'function' ? await auth({ scheme: 'bearer', type: 'http' }) : auth;
  const query = { token, session_id: options.sessionId, run_id: options.runId, last_event_id: options.lastEventId };
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const socket = new AgentSocket(new (options.WebSocket ?? globalThis.WebSocket)(url));
  await socket.opened;
  return socket;
}

/** Iterate it for the server's frames. The iteration ends after `close()` and throws `SocketClosed` otherwise. */
export class AgentSocket implements AsyncIterable<ServerFrame> {
  /** Kept when the connection is up. */
  readonly opened: Promise<void>;
  private readonly waiting: ServerFrame[] = [];
  private wake: (() => void) | undefined;
  private end: SocketClosed | undefined;
  private closing = false;

  constructor(private readonly socket: WebSocket) {
    this.opened = new Promise((resolve, reject) => {
      const ended = (code: number, reason: string) => {
        this.end ??= new SocketClosed(code, reason);
        reject(this.end);
        this.wake?.();
      };
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('close', ({ code, reason }) => ended(code, reason));
      // Not every implementation closes what never opened.
      socket.addEventListener('error', () => ended(1006, ''));
    });
    socket.addEventListener('message', ({ data }) => {
      this.waiting.push(JSON.parse(String(data)) as ServerFrame);
      this.wake?.();
    });
  }

  send(frame: ClientFrame): void {
    this.socket.send(JSON.stringify(frame));
  }

  close(): void {
    this.closing = true;
    this.socket.close(1000);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ServerFrame, void, void> {
    for (;;) {
      for (let frame = this.waiting.shift(); frame !== undefined; frame = this.waiting.shift()) yield frame;
      if (this.end !== undefined) {
        if (this.closing) return;
        throw this.end;
      }
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}
