import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const MOST_LINES = 400;
/** Drawers: names that say nothing about what is inside. */
const DRAWER = /(^|[-/.])(utils?|helpers?|common|misc|managers?)([-/.]|$)/i;
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.config)?\.ts$/;
/** Folders that are the product; what surrounds it may read the environment. */
const PRODUCT =
  /^(domain|measure|identity|lease|runbooks|workflows|activities|ledger|configuration|watch|worker|client|cli|api)\//;
const READS_ENVIRONMENT = /\bprocess\s*\??\.\s*env\b|\bprocess\s*\[|['"](node:)?process['"]/;
const MAY_READ_ENVIRONMENT = 'configuration/config.ts';

/** A file of ours that a page names in backquotes. */
const NAMED_FILE = /`((?:[a-z][a-z0-9-]*\/)+[a-z0-9.-]+\.ts)`/g;

/** What the style asks of every TypeScript file and no linter of ours looks at, as one line per breach. */
export async function fileRules(root: string): Promise<readonly string[]> {
  const paths = await present(root, '*.ts');
  const breaches = await Promise.all(
    paths.map(async (path) => breachesOf(path, await readFile(join(root, path), 'utf8'))),
  );
  return breaches.flat();
}

/** Files that the pages name and that are not there, as one line each. */
export async function staleFileNames(root: string): Promise<readonly string[]> {
  const known = new Set(await present(root, '*.ts'));
  const pages = await present(root, '*.md');
  const stale = await Promise.all(
    pages.map(async (page) => {
      const named = [...(await readFile(join(root, page), 'utf8')).matchAll(NAMED_FILE)].map((match) => match[1]!);
      return named.filter((path) => !known.has(path)).map((path) => `${page}: it names ${path}, which is not there`);
    }),
  );
  return stale.flat();
}

/** Tracked files and those that will be, so that a check before the commit sees what the commit adds. */
async function present(root: string, pattern: string): Promise<readonly string[]> {
  const list = async (...which: readonly string[]): Promise<readonly string[]> => {
    const { stdout } = await promisify(execFile)('git', ['ls-files', ...which, '-z', pattern], { cwd: root });
    return stdout.split('\0').filter(Boolean);
  };
  const gone = new Set(await list('--deleted'));
  return (await list('--cached', '--others', '--exclude-standard')).filter((path) => !gone.has(path));
}

function breachesOf(path: string, text: string): readonly string[] {
  const breaches: string[] = [];
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines > MOST_LINES) breaches.push(`${path}: ${lines} lines, at most ${MOST_LINES}: split it by what it is about`);
  if (DRAWER.test(path)) breaches.push(`${path}: its name says nothing about what is inside: name it after its export`);
  if (!KEBAB_CASE.test(path.split('/').at(-1) ?? '')) breaches.push(`${path}: file names are kebab-case`);
  if (PRODUCT.test(path) && path !== MAY_READ_ENVIRONMENT && READS_ENVIRONMENT.test(text)) {
    breaches.push(
      `${path}: it reads the environment, which only ${MAY_READ_ENVIRONMENT} may: take the value as an argument`,
    );
  }
  return breaches;
}
