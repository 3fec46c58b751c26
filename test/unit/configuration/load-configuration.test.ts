import { generateKeyPairSync } from 'node:crypto';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadConfiguration } from '../../../configuration/load-configuration.ts';
import { LifeboatError } from '../../../domain/errors.ts';
import { newPublicKey, validConfiguration, writeConfiguration } from './valid-configuration.ts';

type Draft = ReturnType<typeof validConfiguration>;

/** Sets or, with `undefined`, removes the field at a dotted path. */
function withField(path: string, value: unknown): Draft {
  const draft = structuredClone(validConfiguration());
  const parts = path.split('/');
  let here = draft as unknown as Record<string, unknown>;
  for (const part of parts.slice(0, -1)) here = here[part] as Record<string, unknown>;
  if (value === undefined) delete here[parts.at(-1)!];
  else here[parts.at(-1)!] = value;
  return draft;
}

async function refusalOf(content: unknown): Promise<LifeboatError> {
  const refused = await loadConfiguration(await writeConfiguration(content)).catch((caught: unknown) => caught);
  expect(refused).toBeInstanceOf(LifeboatError);
  return refused as LifeboatError;
}

describe('a valid configuration', () => {
  it('is loaded with absolute paths and with every service carrying its name', async () => {
    const path = await writeConfiguration(validConfiguration());
    const configuration = await loadConfiguration(path);
    expect(configuration.control.evidence).toBe(join(dirname(path), 'evidence'));
    expect(configuration.control.ledgerPublicKey).toBe('/etc/lifeboat/ledger.public.pem');
    const booking = configuration.services['booking']!;
    expect(booking.name).toBe('booking');
    expect(booking.database.passwordFile).toBe(join(dirname(path), 'secrets/database.password'));
    expect(booking.compute['eu-west-3']!.tokenFile).toBe(join(dirname(path), 'secrets/kubernetes.token'));
    expect(booking.watch).toEqual(validConfiguration().services.booking.watch);
  });

  it('may name the service twice, in the same words', async () => {
    const path = await writeConfiguration(withField('services/booking/name', 'booking'));
    expect((await loadConfiguration(path)).services['booking']!.name).toBe('booking');
  });

  it('keeps optional fields absent instead of undefined', async () => {
    const path = await writeConfiguration(withField('services/booking/database/passwordFile', undefined));
    const { database } = (await loadConfiguration(path)).services['booking']!;
    expect(Object.hasOwn(database, 'passwordFile')).toBe(false);
  });
});

describe('a configuration that is not there', () => {
  it.each([null, '/nowhere/lifeboat.yaml', '/'])('is refused as missing: %s', async (path) => {
    await expect(loadConfiguration(path)).rejects.toMatchObject({
      shape: { code: 'DR_CONFIG_MISSING' },
    });
  });
});

const own = newPublicKey();
const person = (id: string, roles: string[], publicKey = newPublicKey()) => ({ id, roles, publicKey });
const people = 'services/booking/people';

describe('refuses and names field, value and expectation', () => {
  it.each([
    [
      'a wrong type',
      'services/booking/watch/intervalMs',
      'often',
      'services.booking.watch.intervalMs: is "often", must be a whole number of milliseconds from 10 to 60000',
    ],
    [
      'a fraction',
      'services/booking/objectives/rtoSeconds',
      1.5,
      'services.booking.objectives.rtoSeconds: is 1.5, must be a whole number of seconds',
    ],
    [
      'a missing field',
      'services/booking/objectives',
      undefined,
      'services.booking.objectives: is missing, must be a mapping',
    ],
    [
      'a misspelt key',
      'services/booking/watch/intervallMs',
      5,
      "services.booking.watch.intervallMs: is not a known key, must be left out or renamed (did you mean 'intervalMs'?); known here: intervalMs, timeoutMs",
    ],
    [
      'an unknown key at the top',
      'servicez',
      {},
      "servicez: is not a known key, must be left out or renamed (did you mean 'services'?)",
    ],
    [
      'an unknown key in a list',
      'services/booking/notify/0/token',
      'x',
      'services.booking.notify[0].token: is not a known key',
    ],
    [
      'a service name that is no name',
      'services/Booking Service',
      {},
      'services.Booking Service: is named "Booking Service", must be the name of a service: lower-case',
    ],
    [
      'another name than the key',
      'services/booking/name',
      'search',
      "services.booking.name: is 'search', must be 'booking', as its key, or left out",
    ],
    ['no service at all', 'services', {}, 'services: is empty, must be a mapping with at least one service'],
    [
      'a service without people',
      people,
      [],
      'services.booking.people: is empty, must be a list of at least one operator and one approver',
    ],
    [
      'a service without an approver',
      people,
      [person('a', ['operator']), person('b', ['operator'])],
      'services.booking.people: has nobody with the role approver',
    ],
    [
      'a service without an operator',
      people,
      [person('a', ['approver'])],
      'services.booking.people: has nobody with the role operator',
    ],
    [
      'a quorum nobody can reach',
      people,
      [person('a', ['operator', 'approver'])],
      "services.booking.people: has 'a' as the only operator and the only approver",
    ],
    [
      'an unknown role',
      `${people}/0/roles`,
      ['admin'],
      'services.booking.people[0].roles[0]: is "admin", must be one of operator, approver',
    ],
    [
      'two people of one id',
      people,
      [person('a', ['operator']), person('a', ['approver'])],
      "services.booking.people[1].id: is 'a' again",
    ],
    [
      'two people of one key',
      people,
      [person('a', ['operator'], own), person('b', ['approver'], own)],
      "services.booking.people[1].publicKey: is the key of 'a' too",
    ],
    [
      'protected and recovery alike',
      'services/booking/regions/recovery',
      'eu-west-1',
      "services.booking.regions.recovery: is 'eu-west-1', must be another region than regions.protected",
    ],
    [
      'a region without a database',
      'services/booking/database/regions/eu-west-3',
      undefined,
      'services.booking.database.regions.eu-west-3: is missing',
    ],
    [
      'compute in a foreign region',
      'services/booking/compute/us-east-1',
      validConfiguration().services.booking.compute['eu-west-1'],
      'services.booking.compute.us-east-1: is no region of the service, must be one of eu-west-1, eu-west-3',
    ],
    [
      'an ARN of another region',
      'services/booking/database/regions/eu-west-3/arn',
      'arn:aws:rds:eu-west-1:123456789012:cluster:booking-eu-west-3',
      'services.booking.database.regions.eu-west-3.arn: is "arn:aws:rds:eu-west-1:123456789012:cluster:booking-eu-west-3", must be the ARN of cluster \'booking-eu-west-3\' in eu-west-3',
    ],
    [
      'something that is no ARN',
      'services/booking/database/regions/eu-west-3/arn',
      'booking-eu-west-3',
      'must be a cluster ARN',
    ],
    [
      'the switch in the region that may be lost',
      'services/booking/dns/switch/region',
      'eu-west-1',
      "services.booking.dns.switch.region: is 'eu-west-1', the protected region",
    ],
    [
      'a name outside its zone',
      'services/booking/dns/name',
      'booking.example.com',
      "services.booking.dns.name: is 'booking.example.com', must be a name in the zone 'lab.test'",
    ],
    [
      'front doors on two ports',
      'services/booking/frontDoor/eu-west-3/port',
      9090,
      'services.booking.frontDoor.eu-west-3.port: is 9090, must be 8080 as in eu-west-1',
    ],
    ['a watch without vantage', 'services/booking/watch/vantages', [], 'services.booking.watch.vantages: is empty'],
    [
      'a vantage in the protected region',
      'services/booking/watch/vantages/0/place',
      'eu-west-1',
      "services.booking.watch.vantages[0].place: is 'eu-west-1', the protected region",
    ],
    [
      'a table name that would be SQL',
      'services/booking/database/canary/table',
      'bookings; drop table bookings',
      'services.booking.database.canary.table',
    ],
    [
      'a Temporal address without port',
      'temporal/address',
      'localhost',
      'temporal.address: is "localhost", must be \'host:port\'',
    ],
    [
      'a resolver that is a name',
      'network/resolvers',
      ['dns.example.com:53'],
      'network.resolvers[0]: is "dns.example.com:53", must be \'address:port\' with an IP address',
    ],
    ['one path for two things', 'control/lease', 'evidence', 'control.lease: is the same path as control.evidence'],
  ])('%s', async (_title, path, value, says) => {
    const { shape } = await refusalOf(withField(path, value));
    expect(shape.code).toBe('DR_CONFIG_INVALID');
    expect(shape.message).toContain(says);
    expect(shape.message).toContain('has 1 problem:');
    expect(shape.message).toContain(`  ${shape.field}: `);
  });

  it('lists every problem in one error, also those of rules beside those of shape', async () => {
    const draft = withField('services/booking/watch/intervalMs', 'often');
    draft.services.booking.regions.recovery = 'eu-west-1';
    draft.services.booking.people = [];
    draft.temporal.address = 'nowhere';
    const { shape } = await refusalOf(draft);
    for (const field of ['watch.intervalMs', 'regions.recovery', 'people: is empty', 'temporal.address']) {
      expect(shape.message).toContain(field);
    }
  });

  it.each(['', 'just text', '- a list', '42'])('a file that is no mapping: %j', async (content) => {
    expect((await refusalOf(content)).shape.message).toMatch(/the file: is .*, must be a mapping/);
  });

  it('a file that is not YAML, by line and column', async () => {
    const { shape } = await refusalOf('environment: lab\nservices: {booking: [}\n');
    expect(shape.message).toMatch(/line 2, column \d+: is not YAML/);
  });

  it('a key written twice', async () => {
    expect((await refusalOf(`${stringify(validConfiguration())}\nenvironment: other\n`)).shape.message).toContain(
      'duplicate key',
    );
  });
});

describe('never repeats what may be secret', () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const secret = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');

  it.each([
    ['a private key pasted as public key', withField(`${people}/0/publicKey`, secret)],
    ['a password under an unknown key', withField('services/booking/database/password', secret)],
    ['a webhook address', withField('services/booking/notify/0/url', `ftp://hooks/${secret}`)],
    ['credentials in an address', withField('aws/endpoints/eu-west-3/rds', `ftp://user:${secret}@host`)],
    ['text around a syntax error', `environment: lab\npassword: "${secret}\nother: [`],
  ])('%s', async (_title, content) => {
    const { shape } = await refusalOf(content);
    expect(JSON.stringify(shape)).not.toContain(secret.slice(-20));
  });
});
