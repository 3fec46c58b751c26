import { findOpenTofu } from '../parts/opentofu.ts';
import { copyRecoveryStack } from '../recovery-stack/copy-recovery-stack.ts';
import { RECOVERY } from '../topology.ts';
import type { RecoveryStack } from './configuration-file.ts';
import type { LabContext } from './lab-context.ts';

/**
 * Lays the recovery stack out, with its state in the recovery region. `null` where no binary is at hand: a lab does not wait
 * minutes for one to be built. One that somebody set and that does not run is an error.
 */
export async function layRecoveryStack({ settings, at, say }: LabContext): Promise<RecoveryStack | null> {
  const binary = await findOpenTofu({
    ...(settings.tofu === null ? {} : { explicit: settings.tofu }),
    cacheDir: settings.cacheDir,
    searchPath: settings.temporal.searchPath,
  }).catch((caught: Error) => {
    if (settings.tofu !== null) throw caught;
    return null;
  });
  if (!binary) return null;
  copyRecoveryStack({ folder: at.recoveryStack, state: at.recoveryState });
  say(`recovery stack: ${binary.version}, from ${binary.from}`);
  return { binary: binary.path, folder: at.recoveryStack, variables: { region: RECOVERY } };
}
