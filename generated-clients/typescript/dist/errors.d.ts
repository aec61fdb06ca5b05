/** One field or fact that an error is about. */
export interface ErrorDetail {
    field?: string;
    message?: string;
}
/** An answer outside 2xx. Branch on `code`; `requestId` names the request in the server's log. */
export declare class ApiError extends Error {
    readonly status: number;
    readonly body: unknown;
    readonly headers: Headers;
    readonly name = "ApiError";
    readonly code: string;
    readonly details: ErrorDetail[];
    readonly requestId: string;
    constructor(status: number, body: unknown, headers: Headers);
    /** Seconds after which a repeat can succeed, when the server said so. */
    get retryAfter(): number | undefined;
}
/** An event stream broke off and could not be resumed. Its run goes on: `followRun` shows the rest. */
export declare class ConnectionLost extends Error {
    readonly runId: string | undefined;
    readonly lastEventId: string | undefined;
    readonly name = "ConnectionLost";
    constructor(runId: string | undefined, lastEventId: string | undefined, cause: unknown);
}
export declare function errorOf(response: Response): Promise<ApiError>;
