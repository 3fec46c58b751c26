import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../parts/run-command.ts';

const VERSION = '1.46.3';
const ANSWER_DEADLINE_MS = 30_000;
const INSTALL_DEADLINE_MS = 300_000;

/** No aws CLI is to be had on this machine; the message says what was tried and what helps. */
export class AwsCliUnavailable extends Error {
  override readonly name = 'AwsCliUnavailable';
}

/**
 * Path of an aws CLI that runs: the one on PATH, else one kept in `cacheDir`, else one installed there with Python's venv and
 * pip. A command of that name that does not run (a shim without its Python, for instance) does not count.
 */
export async function findAwsCli(cacheDir: string): Promise<string> {
  const onPath = await runCommand('sh', ['-c', 'command -v aws'], { deadlineMs: ANSWER_DEADLINE_MS });
  const candidate = onPath.code === 0 ? onPath.output : '';
  if (candidate !== '' && (await runs(candidate))) return candidate;
  const kept = path.join(cacheDir, VERSION);
  const command = path.join(kept, 'bin', 'aws');
  if (await runs(command)) return command;
  await install(cacheDir, kept);
  if (await runs(command)) return command;
  throw new AwsCliUnavailable(`awscli ${VERSION} was installed in ${kept} but ${command} does not run.`);
}

async function runs(command: string): Promise<boolean> {
  const { code, output } = await runCommand(command, ['--version'], { deadlineMs: ANSWER_DEADLINE_MS });
  return code === 0 && output.includes('aws-cli/');
}

/**
 * A virtual environment cannot be moved once it is made, so it is built under a name of its own and a link takes the final
 * name: whoever looks finds it whole or not at all.
 */
async function install(cacheDir: string, kept: string): Promise<void> {
  await mkdir(cacheDir, { recursive: true });
  const unique = `${VERSION}-${randomBytes(4).toString('hex')}`;
  const folder = path.join(cacheDir, unique);
  try {
    await step('python3', ['-m', 'venv', folder], 'Install Python 3 with its venv module.');
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', `awscli==${VERSION}`];
    await step(path.join(folder, 'bin', 'python'), pip, 'Check that the package index can be reached.');
    const link = `${folder}.link`;
    await symlink(unique, link);
    await rename(link, kept);
  } catch (caught) {
    await rm(folder, { recursive: true, force: true });
    throw caught;
  }
}

async function step(command: string, args: readonly string[], remedy: string): Promise<void> {
  const { code, output } = await runCommand(command, args, { deadlineMs: INSTALL_DEADLINE_MS });
  if (code === 0) return;
  const last = output.split('\n').slice(-3).join(' ');
  throw new AwsCliUnavailable(
    `No aws CLI on PATH, and \`${command} ${args.join(' ')}\` ended ${code}: ${last} ${remedy} Or put aws on PATH.`,
  );
}
