import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compressAssets } from './compress-assets.mjs';

/** Where `vite` (the development server) finds a running gateway. */
const GATEWAY = process.env.GATEWAY_URL ?? 'http://127.0.0.1:3000';

export default defineConfig(({ command }) => {
  // Whoever builds, and for whatever else: React's development build is a third larger, and many times slower.
  if (command === 'build') process.env.NODE_ENV = 'production';
  return {
    plugins: [react(), compressAssets()],
    // The gateway puts a new one in its place for every page that it serves.
    html: { cspNonce: '__CSP_NONCE__' },
    build: {
      outDir: 'dist',
      target: 'es2023',
      // What is inlined as data: would need an exception in the Content-Security-Policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      // The first load is bounded by a test, compressed.
      chunkSizeWarningLimit: 1_000,
      // What several pages share is one file, where it would be a dozen of a few hundred bytes.
      rolldownOptions: {
        output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 5 }] } },
      },
    },
    server: {
      proxy: Object.fromEntries(
        ['/v1', '/admin/v1', '/health', '/docs', '/openapi.json'].map((path) => [path, GATEWAY]),
      ),
    },
  };
});
