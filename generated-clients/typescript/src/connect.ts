// The client under all calls: credentials, typed errors, patience with 429.
import { errorOf } from './errors.js';
import { type Client, createClient, createConfig } from './generated/client/index.js';

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
export function connect(options: ConnectOptions = {}): Client {
  const { apiKey } = options;
  const config = {
    baseUrl: options.baseUrl ?? 'http://127.0.0.1:4200',
    throwOnError: true,
    fetch: patient(options.fetch ?? globalThis.fetch.bind(globalThis), options.retries ?? 2, options.longestWait ?? 30),
  } as const;
  if (apiKey === undefined) return createClient(createConfig(config));
  return createClient(createConfig({ ...config, auth: () => (typeof apiKey === 'function' ? apiKey() : apiKey) }));
}

/** A fetch that waits out 429, which means that nothing was done, and throws `ApiError` for every other failure. */
function patient(fetch: typeof globalThis.fetch, retries: number, longestWait: number): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    for (let attempt = 0; ; attempt += 1) {
      const response = await fetch(attempt < retries ? request.clone() : request);
      if (response.ok) return response;
      const error = await errorOf(response);
      const wait = error.retryAfter ?? 1;
      if (error.status !== 429 || attempt >= retries || wait > longestWait) throw error;
      await sleep(wait * 1000, request.signal);
    }
  };
}

export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
