import { defineConfig } from 'vite';

// Where `npm run dev` and `npm run preview` send what is not the page: a running stack.
const stack = process.env.RUNYARD_URL ?? 'http://localhost:8080';
const proxy = {
  '/api': { target: stack, ws: true, changeOrigin: true },
  '/socket.io': { target: stack, ws: true },
};

export default defineConfig({
  // The page also works below a prefix of another site.
  base: './',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    target: 'es2022',
    // The editor's chunk is large and comes after the page.
    chunkSizeWarningLimit: 4000,
    // A font inside a style sheet would be loaded by everybody.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  worker: { format: 'es' },
  server: { proxy },
  preview: { proxy },
});
