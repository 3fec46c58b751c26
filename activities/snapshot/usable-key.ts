import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { type ErrorShape, errorShape } from '../../domain/errors.ts';
import { providerName } from '../clients/call-failure.ts';
import type { Clients } from '../clients/clients.ts';
import { regionOfArn } from '../database/global-cluster.ts';

/** State of a key, as its own region tells it; `null` when there is none by that name. */
export type SeenKey = { readonly state: string } | null;

export async function seeKey(clients: Clients, region: string, key: string): Promise<SeenKey> {
  try {
    const { KeyMetadata } = await clients.kms(region).send(new DescribeKeyCommand({ KeyId: key }));
    return KeyMetadata ? { state: KeyMetadata.KeyState ?? (KeyMetadata.Enabled ? 'Enabled' : 'Disabled') } : null;
  } catch (caught) {
    if (providerName(caught) === 'NotFoundException') return null;
    throw caught;
  }
}

/** Why a copy cannot be encrypted with the key; `null` when it can. Pure. */
export function keyRefusal(region: string, key: string, seen: SeenKey): ErrorShape | null {
  const home = key.startsWith('arn:') ? regionOfArn(key) : region;
  const because =
    home !== region
      ? `belongs to ${home}`
      : !seen
        ? 'does not exist'
        : seen.state === 'Enabled'
          ? null
          : `is ${seen.state}`;
  if (because === null) return null;
  return errorShape(
    'DR_KEY_UNUSABLE',
    `key ${key} ${because}; copies in ${region} need an enabled key of that region`,
    {
      field: key,
      expected: `Enabled, in ${region}`,
      actual: seen?.state ?? null,
    },
  );
}
