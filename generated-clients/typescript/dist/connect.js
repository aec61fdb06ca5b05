// The client under all calls: credentials, typed errors, patience with 429.
import { errorOf } from './errors.js';
import { createClient, createConfig } from './generated/client/index.js';
/** Makes the client to be passed to every call. */
export function connect(options = {}) {
    const { apiKey } = options;
    const config = {
        baseUrl: options.baseUrl ?? 'http://127.0.0.1:4200',
        throwOnError: true,
        fetch: patient(options.fetch ?? globalThis.fetch.bind(globalThis), options.retries ?? 2, options.longestWait ?? 30),
    };
    if (apiKey === undefined)
        return createClient(createConfig(config));
    return createClient(createConfig({ ...config, auth: () => (typeof apiKey === 'function' ? apiKey() : apiKey) }));
}
/** A fetch that waits out 429, which means that nothing was done, and throws `ApiError` for every other failure. */
function patient(fetch, retries, longestWait) {
    return async (input, init) => {
        const request = new Request(input, init);
        for (let attempt = 0;; attempt += 1) {
            const response = await fetch(attempt < retries ? request.clone() : request);
            if (response.ok)
                return response;
            const error = await errorOf(response);
            const wait = error.retryAfter ?? 1;
            if (error.status !== 429 || attempt >= retries || wait > longestWait)
                throw error;
            await sleep(wait * 1000, request.signal);
        }
    };
}
export function sleep(ms, signal) {
    return new Promise((resolve, reject) => {
        if (signal?.aborted)
            return reject(signal.reason);
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
