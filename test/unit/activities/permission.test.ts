import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeGlobalClustersCommand, FailoverGlobalClusterCommand } from '@aws-sdk/client-rds';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsClients } from '../../../activities/clients/aws-clients.ts';
import { DependencyPolicies } from '../../../activities/clients/dependency-policy.ts';
import { demandPermission, permitting } from '../../../activities/clients/permission.ts';
import type { Call } from '../../../domain/action.ts';
import type { Configuration } from '../../../domain/service.ts';
import { countingServer } from './counting-server.ts';

const REGION = 'eu-west-3';
const failoverInput = {
  GlobalClusterIdentifier: 'booking-global',
  TargetDbClusterIdentifier: 'arn:x',
  AllowDataLoss: true,
};
const failover: Call = {
  service: 'rds',
  operation: 'FailoverGlobalCluster',
  region: REGION,
  target: 'x',
  input: failoverInput,
};
const putInput = { Bucket: 'switch', Key: 'on', Body: '{}', IfNoneMatch: '*' };
const put: Call = { service: 's3', operation: 'PutObject', region: REGION, target: 'switch/on', input: putInput };

const notDeclared = { shape: { code: 'DR_CALL_NOT_DECLARED' } };

let credentials: string;
beforeAll(async () => {
  credentials = await mkdtemp(join(tmpdir(), 'lifeboat-credentials-'));
  const file = join(credentials, 'credentials');
  await writeFile(file, '[test]\naws_access_key_id = test\naws_secret_access_key = test\n');
  process.env['AWS_SHARED_CREDENTIALS_FILE'] = file;
});
afterAll(async () => {
  delete process.env['AWS_SHARED_CREDENTIALS_FILE'];
  await rm(credentials, { recursive: true, force: true });
});

/** Real SDK clients whose requests reach a server that counts them. */
async function rig() {
  const server = await countingServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'text/xml');
    response.end(
      request.method === 'POST'
        ? '<FailoverGlobalClusterResponse><FailoverGlobalClusterResult/></FailoverGlobalClusterResponse>'
        : '',
    );
  });
  const configuration = {
    network: {},
    aws: { endpoints: { [REGION]: { rds: server.url, s3: server.url } } },
  } as unknown as Configuration;
  const aws = new AwsClients(configuration, new DependencyPolicies(), 'test');
  return { server, rds: aws.rds(REGION), s3: aws.s3(REGION) };
}

describe('an SDK command that changes something', () => {
  it('is refused unsent when no decision named it', async () => {
    const { server, rds, s3 } = await rig();
    await expect(rds.send(new FailoverGlobalClusterCommand(failoverInput))).rejects.toMatchObject(notDeclared);
    await expect(s3.send(new PutObjectCommand(putInput as never))).rejects.toMatchObject(notDeclared);
    expect(server.requests).toEqual([]);
  });

  it('passes, once, when the decision named it', async () => {
    const { server, rds, s3 } = await rig();
    await permitting([failover], () => rds.send(new FailoverGlobalClusterCommand(failoverInput)));
    await permitting([put], () => s3.send(new PutObjectCommand(putInput as never)));
    expect(server.requests).toEqual(['POST /', 'PUT /switch/on?x-id=PutObject']);
  });

  it('is refused unsent with another input than was named', async () => {
    const { server, rds } = await rig();
    const other = { ...failoverInput, TargetDbClusterIdentifier: 'arn:y' };
    await expect(permitting([failover], () => rds.send(new FailoverGlobalClusterCommand(other)))).rejects.toMatchObject(
      notDeclared,
    );
    const { AllowDataLoss: _left, ...less } = failoverInput;
    await expect(permitting([failover], () => rds.send(new FailoverGlobalClusterCommand(less)))).rejects.toMatchObject(
      notDeclared,
    );
    expect(server.requests).toEqual([]);
  });

  it('is refused unsent in another region than was named', async () => {
    const { server, rds } = await rig();
    const elsewhere = { ...failover, region: 'eu-west-1' };
    await expect(
      permitting([elsewhere], () => rds.send(new FailoverGlobalClusterCommand(failoverInput))),
    ).rejects.toMatchObject(notDeclared);
    expect(server.requests).toEqual([]);
  });

  it('is refused again when the act is over', async () => {
    const { server, rds } = await rig();
    await permitting([failover], async () => undefined);
    await expect(rds.send(new FailoverGlobalClusterCommand(failoverInput))).rejects.toMatchObject(notDeclared);
    expect(server.requests).toEqual([]);
  });
});

describe('an SDK command that reads', () => {
  it('needs no permission', async () => {
    const { server, rds, s3 } = await rig();
    await rds.send(new DescribeGlobalClustersCommand({}));
    await s3.send(new HeadObjectCommand({ Bucket: 'switch', Key: 'on' }));
    expect(server.requests).toEqual(['POST /', 'HEAD /switch/on']);
  });
});

describe('permission', () => {
  it('does not depend on the order of fields, and counts an absent field as absent', () => {
    const named = { ...put, input: { Key: 'on', Body: '{}', Bucket: 'switch', IfNoneMatch: '*' } };
    const demand = (input: Call['input']) => permitting([named], async () => demandPermission({ ...put, input }));
    return Promise.all([
      expect(demand({ ...putInput, ContentType: undefined })).resolves.toBeUndefined(),
      expect(demand({ ...putInput, ContentType: 'text/plain' })).rejects.toMatchObject(notDeclared),
    ]);
  });

  it('of one attempt is none of another that runs beside it', async () => {
    const work = permitting([put], async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      demandPermission(put);
    });
    expect(() => demandPermission(put)).toThrow('was not among the calls decided on');
    await permitting([failover], async () => {
      expect(() => demandPermission(put)).toThrow('was not among the calls decided on');
    });
    await work;
  });
});
