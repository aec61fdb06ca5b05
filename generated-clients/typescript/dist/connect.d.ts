import { type Client } from './generated/client/index.js';
export interface ConnectOptions {
    /** Where the server is; `http://127.0.0.1:4200` unless given. In a page of the server itself: `location.origin`. */
    baseUrl?: string;
    /** An API key or login token; none on the server's own machine while it has no keys, or with its cookie. */
    apiKey?: string | (() => string | undefined);
    /** How often a call that was refused with 429 is repeated; 2 unless given. */
    retries?: number;
    /** The longest pause in seconds for such a repeat; when the server asks for more, the call fails at once. */
    longestWait?: number;
    fetch?: typeof fetch;
}
/** Makes the client to be passed to every call. */
export declare function connect(options?: ConnectOptions): Client;
export declare function sleep(ms: number, signal?: AbortSignal): Promise<void>;
