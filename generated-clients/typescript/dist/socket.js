/** Why a socket ended; 1001: the server is stopping, connect again. */
export class SocketClosed extends Error {
    closeCode;
    reason;
    name = 'SocketClosed';
    constructor(closeCode, reason) {
        super(`The WebSocket closed with ${closeCode} ${reason}`.trim());
        this.closeCode = closeCode;
        this.reason = reason;
    }
}
/** Connects to an agent (UUID or name). Browsers cannot set headers here, so the key goes in the query. */
export async function openSocket(client, agent, options = {}) {
    const { auth, baseUrl } = client.getConfig();
    const url = new URL(`/api/agents/${encodeURIComponent(agent)}/ws`, baseUrl ?? globalThis.location?.origin);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const token = typeof auth === 'function' ? await auth({ scheme: 'bearer', type: 'http' }) : auth;
    const query = { token, session_id: options.sessionId, run_id: options.runId, last_event_id: options.lastEventId };
    for (const [name, value] of Object.entries(query)) {
        if (value !== undefined)
            url.searchParams.set(name, String(value));
    }
    const socket = new AgentSocket(new (options.WebSocket ?? globalThis.WebSocket)(url));
    await socket.opened;
    return socket;
}
/** Iterate it for the server's frames. The iteration ends after `close()` and throws `SocketClosed` otherwise. */
export class AgentSocket {
    socket;
    /** Kept when the connection is up. */
    opened;
    waiting = [];
    wake;
    end;
    closing = false;
    constructor(socket) {
        this.socket = socket;
        this.opened = new Promise((resolve, reject) => {
            const ended = (code, reason) => {
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
            this.waiting.push(JSON.parse(String(data)));
            this.wake?.();
        });
    }
    send(frame) {
        this.socket.send(JSON.stringify(frame));
    }
    close() {
        this.closing = true;
        this.socket.close(1000);
    }
    async *[Symbol.asyncIterator]() {
        for (;;) {
            for (let frame = this.waiting.shift(); frame !== undefined; frame = this.waiting.shift())
                yield frame;
            if (this.end !== undefined) {
                if (this.closing)
                    return;
                throw this.end;
            }
            await new Promise((resolve) => {
                this.wake = resolve;
            });
        }
    }
}
