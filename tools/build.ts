/** Builds what runs: one small ESM file per process, and the workflow bundle. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { build } from 'esbuild';
import { BUNDLE_SETTINGS } from './bundle-settings.ts';

const root = join(import.meta.dirname, '..');

async function buildProcesses(): Promise<void> {
  await build({
    ...BUNDLE_SETTINGS,
    entryPoints: {
      lifeboat: 'cli/main.ts',
      worker: 'worker/main.ts',
      watch: 'watch/main.ts',
      lab: 'lab/main.ts',
      demo: 'lab/demo/main.ts',
      'demo-drill': 'lab/demo/drill-main.ts',
      supervisor: 'lab/supervisor/main.ts',
      'booking-service': 'lab/booking/main.ts',
      'front-door': 'lab/front-door/main.ts',
      observer: 'lab/observer/main.ts',
    },
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    sourcemap: 'linked',
    logLevel: 'warning',
  });
}

/** Everything the workflow bundle is made of: bundling takes seconds, so it is done only when one of these changed. */
function workflowSources(): string {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const folder of ['domain', 'workflows', 'workflows/engine']) {
    for (const name of readdirSync(join(root, folder)).sort()) {
      if (name.endsWith('.ts')) hash.update(name).update(readFileSync(join(root, folder, name)));
    }
  }
  return hash.digest('hex');
}

async function buildWorkflowBundle(): Promise<void> {
  const target = join(root, 'dist', 'workflow-bundle.js');
  const stamp = join(root, 'dist', 'workflow-bundle.sources');
  const sources = workflowSources();
  if (existsSync(target) && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  const quiet = () => {};
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows', 'index.ts'),
    logger: { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: console.warn, error: console.error },
  });
  writeFileSync(target, code);
  writeFileSync(stamp, sources);
}

mkdirSync(join(root, 'dist'), { recursive: true });
await Promise.all([buildProcesses(), buildWorkflowBundle()]);
