import type { Client } from './generated/client/index.js';
/** A frame, told apart by `type`; the API's description of `agent_ws` lists them. */
export type Frame = {
    type: string;
} & Record<string, unknown>;
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
export declare class SocketClosed extends Error {
    readonly closeCode: number;
    readonly reason: string;
    readonly name = "SocketClosed";
    constructor(closeCode: number, reason: string);
}
/** Connects to an agent (UUID or name). Browsers cannot set headers here, so the key goes in the query. */
export declare function openSocket(client: Client, agent: string, options?: SocketOptions): Promise<AgentSocket>;
/** Iterate it for the server's frames. The iteration ends after `close()` and throws `SocketClosed` otherwise. */
export declare class AgentSocket implements AsyncIterable<Frame> {
    private readonly socket;
    /** Kept when the connection is up. */
    readonly opened: Promise<void>;
    private readonly waiting;
    private wake;
    private end;
    private closing;
    constructor(socket: WebSocket);
    send(frame: Frame): void;
    close(): void;
    [Symbol.asyncIterator](): AsyncGenerator<Frame, void, void>;
}
