import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { providerName } from '../clients/call-failure.ts';
import type { Clients } from '../clients/clients.ts';

/** The switch object's entity tag, or `null` when it does not exist. */
export async function readObject(
  clients: Clients,
  object: { readonly region: string; readonly bucket: string; readonly key: string },
): Promise<{ readonly etag: string } | null> {
  try {
    const { ETag } = await clients
      .s3(object.region)
      .send(new HeadObjectCommand({ Bucket: object.bucket, Key: object.key }));
    return { etag: ETag ?? '' };
  } catch (caught) {
    if (['NotFound', 'NoSuchKey'].includes(providerName(caught) ?? '')) return null;
    throw caught;
  }
}
