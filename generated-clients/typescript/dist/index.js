// Start with `connect`; every operation of the API is a function that takes the client it returns.
export * from './generated/index.js';
export { connect } from './connect.js';
export { ApiError, ConnectionLost } from './errors.js';
export { pages, rows } from './pages.js';
export { followRun, RunStream, streamMessage } from './run-stream.js';
export { EventParser, readEvents } from './server-sent-events.js';
export { AgentSocket, openSocket, SocketClosed } from './socket.js';
