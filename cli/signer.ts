import { LifeboatError } from '../domain/errors.ts';
import type { Configuration, Person } from '../domain/service.ts';
import type { Identity } from '../identity/load-identity.ts';

/** Who the configuration says owns the key, or `null`. People of one service first, because ids are per service. */
export function ownerOf(
  identity: Pick<Identity, 'publicKey'>,
  configuration: Configuration,
  service?: string,
): Person | null {
  const services = Object.values(configuration.services);
  const named = service === undefined ? services : services.filter(({ name }) => name === service);
  return named.flatMap(({ people }) => people).find(({ publicKey }) => publicKey === identity.publicKey) ?? null;
}

/**
 * The person who asks for something.
 * @throws LifeboatError DR_IDENTITY_UNKNOWN
 */
export function knownPerson(identity: Identity, configuration: Configuration, service: string): Person {
  const owner = ownerOf(identity, configuration, service);
  if (owner) return owner;
  const people = configuration.services[service]?.people.map(({ id }) => id) ?? [];
  throw new LifeboatError(
    'DR_IDENTITY_UNKNOWN',
    `the key ${identity.keyId.slice(0, 12)}… belongs to nobody who may act for ${service}`,
    {
      field: 'identity',
      actual: identity.keyId,
      expected: people,
      remedy: `Sign with your own key (--identity PATH), or have this one added: services.${service}.people.`,
    },
  );
}
