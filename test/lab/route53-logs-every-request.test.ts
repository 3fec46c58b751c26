import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { HOSTED_ZONE_ID } from '../../lab/topology.ts';
import { at, calls, change, dir, raw, send, signed, simple, urlOf, useRoute53Lab } from './route53-lab.ts';

const HAS_CLI = spawnSync('aws', ['--version']).status === 0;
useRoute53Lab();

describe('requests', () => {
  test('without a signature, with a malformed one or one for another service are refused', async () => {
    const path = '/2013-04-01/hostedzone';
    const attempt = async (headers: Record<string, string>) => {
      const { status, body } = await raw('GET', path, headers);
      return [status, /<Code>(\w+)<\/Code>/.exec(body)?.[1]];
    };
    expect(await attempt({})).toEqual([403, 'MissingAuthenticationToken']);
    expect(await attempt({ authorization: 'Bearer x' })).toEqual([400, 'IncompleteSignature']);
    expect(await attempt(signed('s3'))).toEqual([403, 'SignatureDoesNotMatch']);
    expect(await attempt(signed('route53', 'eu-central-1'))).toEqual([200, undefined]);
  });

  test('are all in the call log: who, what, on which zone or name, and how it ended', async () => {
    await change(['CREATE', simple('a.lab.test', '127.0.1.1')], ['CREATE', simple('b.lab.test', '127.0.1.1')]);
    await change(['CREATE', simple('a.lab.test', '127.0.1.1')]).catch(() => {});
    await send({});
    await raw('DELETE', `/2013-04-01/hostedzone/${HOSTED_ZONE_ID}`, signed('route53'));
    const common = { service: 'route53', region: 'us-east-1' };
    expect(calls()).toMatchObject([
      {
        ...common,
        operation: 'ChangeResourceRecordSets',
        mutating: true,
        principal: 'lifeboat-execute',
        status: 200,
        error: null,
        target: 'a.lab.test., b.lab.test.',
      },
      { ...common, operation: 'ChangeResourceRecordSets', mutating: true, status: 400, error: 'InvalidChangeBatch' },
      { ...common, operation: 'ListResourceRecordSets', mutating: false, target: 'lab.test.' },
      { ...common, mutating: true, status: 404, error: 'InvalidAction' },
    ]);
  });

  test.skipIf(!HAS_CLI)(
    'come from the aws CLI as well',
    async () => {
      const environment = {
        PATH: process.env['PATH'],
        HOME: dir,
        AWS_ACCESS_KEY_ID: 'operator',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_DEFAULT_REGION: 'eu-west-1',
        AWS_MAX_ATTEMPTS: '1',
        ...(process.env['PYENV_ROOT'] ? { PYENV_ROOT: process.env['PYENV_ROOT'] } : {}),
      };
      const aws = async (...words: string[]) => {
        const { stdout } = await promisify(execFile)('aws', ['route53', '--endpoint-url', urlOf(at), ...words], {
          env: environment as NodeJS.ProcessEnv,
          timeout: 30_000,
        });
        return JSON.parse(stdout) as Record<string, never>;
      };
      const batch = JSON.stringify({
        Comment: 'by hand',
        Changes: [{ Action: 'UPSERT', ResourceRecordSet: simple('*.lab.test', '127.0.1.1') }],
      });
      const zoneArguments = ['--hosted-zone-id', HOSTED_ZONE_ID];
      expect(await aws('change-resource-record-sets', ...zoneArguments, '--change-batch', batch)).toMatchObject({
        ChangeInfo: { Status: 'PENDING', Comment: 'by hand' },
      });
      const { ResourceRecordSets } = await aws('list-resource-record-sets', ...zoneArguments, '--page-size', '1');
      expect(ResourceRecordSets).toMatchObject([{ Type: 'NS' }, { Type: 'SOA' }, { Name: '\\052.lab.test.' }]);
      expect(calls().at(-1)).toMatchObject({ principal: 'operator', operation: 'ListResourceRecordSets' });
    },
    60_000,
  );
});
