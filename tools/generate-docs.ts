/**
 * Writes the pages that are generated, never typed: docs/errors.md and docs/runbooks/*.md.
 * With `--check` it writes nothing, and ends with 1 naming every page that is missing, stale or orphaned.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { EXAMPLE_SERVICE } from '../runbooks/example-service.ts';
import { runbookPage } from '../runbooks/pages/runbook-page.ts';
import { RUNBOOKS } from '../runbooks/registry.ts';
import { errorsPage } from './errors-page.ts';

const RUNBOOK_PAGES = 'docs/runbooks';

function pages(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/errors.md', errorsPage()],
    ...RUNBOOKS.map((runbook) => [`${RUNBOOK_PAGES}/${runbook.id}.md`, runbookPage(runbook, EXAMPLE_SERVICE)] as const),
  ]);
}

/** Pages of runbooks that are no more. */
function orphans(root: string, wanted: ReadonlyMap<string, string>): readonly string[] {
  const folder = join(root, RUNBOOK_PAGES);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${RUNBOOK_PAGES}/${name}`)
    .filter((path) => !wanted.has(path));
}

function main(args: readonly string[]): number {
  const rootAt = args.indexOf('--root');
  const root = resolve(rootAt === -1 ? join(import.meta.dirname, '..') : (args[rootAt + 1] ?? '.'));
  const wanted = pages();
  const present = (path: string): string | null =>
    existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null;
  const stale = [...wanted].filter(([path, text]) => present(path) !== text).map(([path]) => path);
  const orphaned = orphans(root, wanted);
  if (args.includes('--check')) {
    for (const path of stale) console.error(`stale: ${path} is not what the code says; run: npm run docs`);
    for (const path of orphaned) console.error(`orphaned: ${path} belongs to no runbook; run: npm run docs`);
    return stale.length + orphaned.length > 0 ? 1 : 0;
  }
  for (const path of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), wanted.get(path) ?? '');
    console.log(`wrote ${path}`);
  }
  for (const path of orphaned) {
    rmSync(join(root, path));
    console.log(`removed ${path}`);
  }
  return 0;
}

process.exitCode = main(process.argv.slice(2));
