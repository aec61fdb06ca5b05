// Start with `connect`; every operation of the API is a function that takes the client it returns.
export * from './generated/index.js';
export { connect, type ConnectOptions } from './connect.js';
export { ApiError, ConnectionLost, type ErrorDetail } from './errors.js';
export { pages, rows, type PageOf, type RowOf } from './pages.js';
export { followRun, RunStream, streamMessage, type StreamOptions } from './run-stream.js';
export { EventParser, readEvents, type ServerSentEvent } from './server-sent-events.js';
export { AgentSocket, openSocket, SocketClosed, type SocketOptions } from './socket.js';
