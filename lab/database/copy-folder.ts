import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Copies a folder with owners, modes and links kept, to a path where nothing is yet. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await run('cp', ['-a', from, to]);
}

/** Lets every account read a tree. */
export async function letEverybodyRead(folder: string): Promise<void> {
  await run('chmod', ['-R', 'a+rX', folder]);
}
