/** Builds what runs: one small ESM file per process, and the workflow bundle. Node modules stay outside. */
import { build } from 'esbuild';

await build({
  entryPoints: {
    lifeboat: 'cli/main.ts',
    worker: 'worker/main.ts',
    watch: 'watch/main.ts',
    lab: 'lab/main.ts',
    demo: 'lab/demo/main.ts',
    supervisor: 'lab/supervisor/main.ts',
    'booking-service': 'lab/booking/main.ts',
    'front-door': 'lab/front-door/main.ts',
    observer: 'lab/observer/main.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  sourcemap: 'linked',
  logLevel: 'warning',
});
