import { ACCOUNT, type Region } from '../../topology.ts';
import type { Key, Keys } from './keys.ts';
import { KmsError } from './kms-error.ts';

/** `DescribeKey`. It answers for a disabled key too: only using one is refused. */
export function describeKey(keys: Keys, region: Region, input: Readonly<Record<string, unknown>>): object {
  const named = input['KeyId'];
  if (typeof named !== 'string' || named === '') {
    throw new KmsError('ValidationException', "Value at 'keyId' failed to satisfy constraint: Member must not be null");
  }
  const [, , service, arnRegion] = named.split(':');
  if (named.startsWith('arn:')) {
    if (service !== 'kms') throw new KmsError('InvalidArnException', `Invalid ARN ${named}: it names no key.`);
    if (arnRegion !== region) throw new KmsError('NotFoundException', `Invalid arn ${arnRegion}`);
  }
  const key = keys.find(region, named);
  if (!key) throw new KmsError('NotFoundException', `Key '${named}' does not exist`);
  return { KeyMetadata: metadata(key) };
}

const metadata = (key: Key): object => ({
  AWSAccountId: ACCOUNT,
  KeyId: key.id,
  Arn: key.arn,
  // AWS JSON 1.1 writes instants as seconds.
  CreationDate: key.createdAt.getTime() / 1_000,
  Enabled: key.enabled,
  Description: key.alias.replace('alias/', ''),
  KeyUsage: 'ENCRYPT_DECRYPT',
  KeyState: key.enabled ? 'Enabled' : 'Disabled',
  Origin: 'AWS_KMS',
  KeyManager: 'CUSTOMER',
  CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
  KeySpec: 'SYMMETRIC_DEFAULT',
  EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
  MultiRegion: false,
});
