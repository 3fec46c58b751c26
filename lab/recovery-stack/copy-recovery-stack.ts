import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../parts/opentofu.ts';

/**
 * Puts the recovery stack into a folder of its own, with its state at a path of its own: the binary writes beside what it runs on.
 * Copying again leaves the state alone.
 */
export function copyRecoveryStack(to: { readonly folder: string; readonly state: string }): void {
  mkdirSync(to.folder, { recursive: true });
  mkdirSync(dirname(to.state), { recursive: true });
  copyFileSync(join(repositoryRoot(), 'lab', 'recovery-stack', 'main.tf'), join(to.folder, 'main.tf'));
  writeFileSync(
    join(to.folder, 'backend.tf'),
    `terraform {\n  backend "local" {\n    path = ${JSON.stringify(to.state)}\n  }\n}\n`,
  );
}
