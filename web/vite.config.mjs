// Builds the page into dist/, which is committed and embedded in the binary. The same sources give the same bytes.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** Without this the page would be painted once before a remembered theme is applied. */
const renderBlocking = {
  name: 'render-blocking-script',
  transformIndexHtml: { order: 'post', handler: (html) => html.replace('<script type="module"', '$& blocking="render"') },
};

export default defineConfig({
  base: './',
  // The server replaces the word with a fresh nonce in each response.
  html: { cspNonce: 'CSP_NONCE' },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: { alias: { '@client': fileURLToPath(new URL('../generated-clients/typescript/src/index.ts', import.meta.url)) } },
  plugins: [renderBlocking],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    // The content policy allows no data: scripts or styles, so nothing is inlined.
    assetsInlineLimit: 0,
    sourcemap: false,
  },
  server: { proxy: { '/api': process.env.OPENFANG_URL ?? 'http://127.0.0.1:4200' } },
});
