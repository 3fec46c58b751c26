import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';

const root = join(import.meta.dirname, '..');

/**
 * Inside the bundle, because loading is what they cost. What every command loads before it does anything: one file to find
 * instead of a dozen. The Kubernetes client: one instead of 800, or a worker that has just started answers a second later.
 */
const INSIDE = ['commander', 'picocolors', '@kubernetes/client-node'];

function outside(): string[] {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    'dependencies' | 'devDependencies',
    Readonly<Record<string, string>>
  >;
  return [...Object.keys(dependencies), ...Object.keys(devDependencies)].filter((name) => !INSIDE.includes(name));
}

/** How a program is bundled; the caller adds entry points and where they go. */
export const BUNDLE_SETTINGS = {
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: outside(),
  // commander is CommonJS and asks for Node's own modules by `require`, which an ES module has not.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);",
  },
} satisfies BuildOptions;
