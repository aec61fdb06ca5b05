// What failed calls throw.

/** One field or fact that an error is about. */
export interface ErrorDetail {
  field?: string;
  message?: string;
}

/** An answer outside 2xx. Branch on `code`; `requestId` names the request in the server's log. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly details: ErrorDetail[];
  readonly requestId: string;

  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly headers: Headers,
  ) {
    const known = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
    const code = typeof known['code'] === 'string' ? known['code'] : '';
    super(`${status} ${code}: ${typeof known['error'] === 'string' ? known['error'] : String(body).slice(0, 200)}`);
    this.code = code;
    this.details = Array.isArray(known['details']) ? (known['details'] as ErrorDetail[]) : [];
    this.requestId = headers.get('x-request-id') ?? '';
  }

  /** Seconds after which a repeat can succeed, when the server said so. */
  get retryAfter(): number | undefined {
    const value = this.headers.get('retry-after');
    if (value === null) return undefined;
    const seconds = Number(value);
    return Number.isFinite(seconds) ? seconds : Math.max(0, (Date.parse(value) - Date.now()) / 1000);
  }
}

/** An event stream broke off and could not be resumed. Its run goes on: `followRun` shows the rest. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';

  constructor(
    readonly runId: string | undefined,
    readonly lastEventId: string | undefined,
    cause: unknown,
  ) {
    super(`The event stream of run ${runId ?? '?'} broke off after event ${lastEventId ?? 0}`, { cause });
  }
}

export async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // Something between here and the server answered in words.
  }
  return new ApiError(response.status, body, response.headers);
}
