import { symlinkSync, writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { Configuration } from '../../domain/service.ts';
import { FolderLeaseStore } from '../../lease/folder-lease-store.ts';
import { PROTECTED, REGIONS } from '../topology.ts';
import { EXECUTE_PROFILE, FENCE, PLAN_PROFILE } from './configuration-file.ts';
import type { Folders } from './folders.ts';

export function writeConfiguration(at: Folders, configuration: Configuration): void {
  writeFileSync(at.configuration, `# Written by the lab; every start writes it anew.\n${stringify(configuration)}`);
}

/** Two principals, told apart in the twin's log by their access key ids. The secrets are as good as any here. */
export function writeCredentials(at: Folders): void {
  const profiles = [PLAN_PROFILE, EXECUTE_PROFILE].map(
    (name) => `[${name}]\naws_access_key_id = ${name}\naws_secret_access_key = lab-${name}\n`,
  );
  writeFileSync(at.credentials, profiles.join('\n'), { mode: 0o600 });
}

/** The token is its user's name, so that the call log says who asked. */
export const KUBERNETES_TOKEN = 'lifeboat-kubernetes';

export function writeTokens(at: Folders): void {
  for (const region of REGIONS) writeFileSync(at.token(region), KUBERNETES_TOKEN, { mode: 0o600 });
}

/** What a platform team does once: mount the lease folder in both regions and give the first grant. */
export async function giveFirstLease(at: Folders): Promise<void> {
  for (const region of REGIONS) symlinkSync(at.lease, at.leaseMount(region));
  await new FolderLeaseStore({ folder: at.lease, ttlMs: FENCE.leaseTtlMs }).advance(PROTECTED, 0);
}
