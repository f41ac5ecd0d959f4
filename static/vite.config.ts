import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

import { forgetInlineStyles } from './src/app/inlineStyles';

// One entry per area of the studio: a page loads the shell and its own area, nothing else.
const areas: Record<string, string> = {
  app: 'src/app/main.ts',
  data: 'src/data/main.ts',
  designer: 'src/designer/main.tsx',
  runs: 'src/runs/main.ts',
  runstable: 'src/runstable/main.ts',
  compare: 'src/compare/main.ts',
  models: 'src/models/main.ts',
  reports: 'src/reports/main.ts',
};

const input = Object.fromEntries(
  Object.entries(areas).filter(([, file]) => existsSync(resolve(import.meta.dirname, file))),
);

export default defineConfig({
  root: import.meta.dirname,
  base: '/static/',
  plugins: [forgetInlineStyles(), react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    manifest: 'manifest.json',
    // Everything is served from this machine; inlined fonts and images would only be parsed twice.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 6000,
    rollupOptions: { input },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
  },
});
