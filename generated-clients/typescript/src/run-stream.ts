// The events of a run. They survive a broken connection: the rest is fetched with `Last-Event-ID`.
import { sleep } from './connect.js';
import { ApiError, ConnectionLost } from './errors.js';
import type { Client } from './generated/client/index.js';
import type { RunEvent, SendMessage } from './generated/types.gen.js';
import { readEvents } from './server-sent-events.js';

export interface StreamOptions {
  /** Ends the stream; the run goes on. `cancelRun` stops the run itself. */
  signal?: AbortSignal;
  /** How often in a row a broken stream is resumed; 5 unless given. */
  reconnects?: number;
  /** For `streamMessage`: a repeat with the same key and message attaches to the run of the first one. */
  idempotencyKey?: string;
}

/** The server sends a comment every 15 seconds; silence of this length means that the connection is dead. */
const SILENT_MS = 45_000;
const LONGEST_PAUSE_MS = 10_000;
/** Statuses after which resuming is tried again. */
const PASSING = [429, 502, 503, 504];
const SECURITY = [{ scheme: 'bearer', type: 'http' }] as const;

type Body = ReadableStream<Uint8Array> | null;

/**
 * Sends a message and streams the answer. The promise is kept when the server has accepted the message.
 * The message is never sent twice: when the connection breaks, only the missing events are asked for.
 */
export async function streamMessage(
  client: Client,
  agent: string,
  body: SendMessage,
  options: StreamOptions = {},
): Promise<RunStream> {
  const headers: Record<string, string> = { 'Content-Type': 'application/json', Accept: 'text/event-stream' };
  if (options.idempotencyKey !== undefined) headers['Idempotency-Key'] = options.idempotencyKey;
  const { data, response } = await client.post({
    url: '/api/agents/{id}/message/stream',
    path: { id: agent },
    body,
    headers,
    parseAs: 'stream',
    security: SECURITY,
    throwOnError: true,
    ...(options.signal && { signal: options.signal }),
  });
  return new RunStream(client, response.headers, data as Body, options);
}

/** Follows a run, or replays one that is over; `after` skips events up to this id. */
export async function followRun(
  client: Client,
  runId: string,
  options: StreamOptions & { after?: string | number } = {},
): Promise<RunStream> {
  const after = options.after === undefined ? undefined : String(options.after);
  const body = await openRun(client, runId, after, options.signal);
  return new RunStream(client, new Headers({ 'x-run-id': runId }), body, options, after);
}

async function openRun(client: Client, runId: string, after?: string, signal?: AbortSignal): Promise<Body> {
  const { data } = await client.get({
    url: '/api/runs/{id}/stream',
    path: { id: runId },
    headers: { Accept: 'text/event-stream', ...(after !== undefined && { 'Last-Event-ID': after }) },
    parseAs: 'stream',
    security: SECURITY,
    throwOnError: true,
    ...(signal && { signal }),
  });
  return data as Body;
}

/**
 * The events of one run, up to its last one (`done` or `error`). Iterate it once. A `step_discarded` event voids the
 * text with an id above its `discards_after`: the model's answer is begun anew.
 */
export class RunStream implements AsyncIterable<RunEvent> {
  readonly runId: string | undefined;
  readonly sessionId: string | undefined;
  private failures = 0;
  private last: string | undefined;

  constructor(
    private readonly client: Client,
    headers: Headers,
    private body: Body,
    private readonly options: StreamOptions,
    after?: string,
  ) {
    this.runId = headers.get('x-run-id') ?? undefined;
    this.sessionId = headers.get('x-session-id') ?? undefined;
    this.last = after;
  }

  /** Id of the last event that arrived. */
  get lastEventId(): string | undefined {
    return this.last;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RunEvent, void, void> {
    // Without a body the last event was seen already.
    while (this.body !== null) {
      let cause: unknown;
      try {
        for await (const { id, data } of readEvents(this.body, SILENT_MS)) {
          const event = JSON.parse(data) as RunEvent;
          this.last = id ?? this.last;
          this.failures = 0;
          yield event;
          if (event.type === 'done' || event.type === 'error') return;
        }
      } catch (error) {
        this.options.signal?.throwIfAborted();
        if (error instanceof SyntaxError) throw error;
        cause = error;
      }
      this.body = await this.resume(cause);
    }
  }

  private async resume(cause: unknown): Promise<Body> {
    for (;;) {
      this.failures += 1;
      if (this.runId === undefined || this.failures > (this.options.reconnects ?? 5)) {
        throw cause instanceof ApiError ? cause : new ConnectionLost(this.runId, this.last, cause);
      }
      const asked = cause instanceof ApiError ? cause.retryAfter : undefined;
      const pause = asked === undefined ? 100 * 2 ** this.failures : asked * 1000;
      await sleep(Math.min(pause, LONGEST_PAUSE_MS), this.options.signal);
      try {
        return await openRun(this.client, this.runId, this.last, this.options.signal);
      } catch (error) {
        this.options.signal?.throwIfAborted();
        if (error instanceof ApiError && !PASSING.includes(error.status)) throw error;
        cause = error;
      }
    }
  }
}
