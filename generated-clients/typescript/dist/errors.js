// What failed calls throw.
/** An answer outside 2xx. Branch on `code`; `requestId` names the request in the server's log. */
export class ApiError extends Error {
    status;
    body;
    headers;
    name = 'ApiError';
    code;
    details;
    requestId;
    constructor(status, body, headers) {
        const known = (typeof body === 'object' && body !== null ? body : {});
        const code = typeof known['code'] === 'string' ? known['code'] : '';
        super(`${status} ${code}: ${typeof known['error'] === 'string' ? known['error'] : String(body).slice(0, 200)}`);
        this.status = status;
        this.body = body;
        this.headers = headers;
        this.code = code;
        this.details = Array.isArray(known['details']) ? known['details'] : [];
        this.requestId = headers.get('x-request-id') ?? '';
    }
    /** Seconds after which a repeat can succeed, when the server said so. */
    get retryAfter() {
        const value = this.headers.get('retry-after');
        if (value === null)
            return undefined;
        const seconds = Number(value);
        return Number.isFinite(seconds) ? seconds : Math.max(0, (Date.parse(value) - Date.now()) / 1000);
    }
}
/** An event stream broke off and could not be resumed. Its run goes on: `followRun` shows the rest. */
export class ConnectionLost extends Error {
    runId;
    lastEventId;
    name = 'ConnectionLost';
    constructor(runId, lastEventId, cause) {
        super(`The event stream of run ${runId ?? '?'} broke off after event ${lastEventId ?? 0}`, { cause });
        this.runId = runId;
        this.lastEventId = lastEventId;
    }
}
export async function errorOf(response) {
    const text = await response.text();
    let body = text;
    try {
        body = JSON.parse(text);
    }
    catch {
        // Something between here and the server answered in words.
    }
    return new ApiError(response.status, body, response.headers);
}
