// The WebSocket has a hand-written helper in src/socket.ts; `orphans` keeps the types of its frames.
export default {
  input: '../../openapi.yaml',
  output: { path: 'src/generated', clean: true, module: { extension: '.js' } },
  parser: { filters: { operations: { exclude: ['GET /api/agents/{id}/ws'] }, orphans: true } },
  plugins: [
    { name: '@hey-api/client-fetch', throwOnError: true },
    '@hey-api/typescript',
    { name: '@hey-api/sdk', paramsStructure: 'grouped' },
  ],
};
