import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const lib = (path: string) => fileURLToPath(new URL(`../libs/${path}`, import.meta.url));

/** The application that answers in development; `npm start` serves it there. */
const SERVER = process.env.SWITCHYARD_URL ?? 'http://localhost:8080';

export default defineConfig({
  plugins: [react()],
  resolve: {
    // Sources, so that no library has to be built before the page.
    alias: [
      { find: /^@switchyard\/(contract|client)$/, replacement: lib('$1/src/index.ts') },
      { find: /^@switchyard\/services$/, replacement: lib('services/index.ts') },
      { find: /^@switchyard\/services\/(.+)\.js$/, replacement: lib('services/$1.ts') },
    ],
  },
  build: { target: 'es2022' },
  server: {
    proxy: {
      '^/(realtime|admin|health|sample)(/|$)': SERVER,
      '^/api/': { target: SERVER, ws: true },
      '/socket.io/': { target: SERVER, ws: true },
    },
  },
});
