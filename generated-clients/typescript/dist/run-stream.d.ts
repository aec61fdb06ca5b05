import type { Client } from './generated/client/index.js';
import type { RunEvent, SendMessage } from './generated/types.gen.js';
export interface StreamOptions {
    /** Ends the stream; the run goes on. `cancelRun` stops the run itself. */
    signal?: AbortSignal;
    /** How often in a row a broken stream is resumed; 5 unless given. */
    reconnects?: number;
    /** For `streamMessage`: a repeat with the same key and message attaches to the run of the first one. */
    idempotencyKey?: string;
}
type Body = ReadableStream<Uint8Array> | null;
/**
 * Sends a message and streams the answer. The promise is kept when the server has accepted the message.
 * The message is never sent twice: when the connection breaks, only the missing events are asked for.
 */
export declare function streamMessage(client: Client, agent: string, body: SendMessage, options?: StreamOptions): Promise<RunStream>;
/** Follows a run, or replays one that is over; `after` skips events up to this id. */
export declare function followRun(client: Client, runId: string, options?: StreamOptions & {
    after?: string | number;
}): Promise<RunStream>;
/**
 * The events of one run, up to its last one (`done` or `error`). Iterate it once. A `step_discarded` event voids the
 * text with an id above its `discards_after`: the model's answer is begun anew.
 */
export declare class RunStream implements AsyncIterable<RunEvent> {
    private readonly client;
    private body;
    private readonly options;
    readonly runId: string | undefined;
    readonly sessionId: string | undefined;
    private failures;
    private last;
    constructor(client: Client, headers: Headers, body: Body, options: StreamOptions, after?: string);
    /** Id of the last event that arrived. */
    get lastEventId(): string | undefined;
    [Symbol.asyncIterator](): AsyncGenerator<RunEvent, void, void>;
    private resume;
}
export {};
