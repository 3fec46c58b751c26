import { type Signature, signatureOf } from '../signature.ts';
import { QueryFault } from './query-fault.ts';

/** Who signed the request; throws what AWS answers when nobody did, or for another service or region. */
export function checkedSignature(authorization: string | undefined, service: string, region: string): Signature {
  const signature = signatureOf(authorization);
  if (signature === null) throw unsigned(authorization);
  if (signature.service !== service) throw wrongScope(`correct service: '${service}'`);
  if (signature.region !== region) throw wrongScope(`a valid region, not '${signature.region}'`);
  return signature;
}

const wrongScope = (expected: string): QueryFault =>
  new QueryFault('SignatureDoesNotMatch', `Credential should be scoped to ${expected}.`, 403);

function unsigned(authorization: string | undefined): QueryFault {
  if (authorization?.startsWith('AWS4-HMAC-SHA256')) {
    const message = `Authorization header must hold Credential, SignedHeaders and Signature in their full form.`;
    return new QueryFault('IncompleteSignature', message, 403);
  }
  return new QueryFault('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
}
