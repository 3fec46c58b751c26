import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as rds from '@aws-sdk/client-rds';
import { afterEach, beforeEach } from 'vitest';
import { CallLog, type LoggedCall } from '../../lab/aws/call-log.ts';
import { RdsTwin, type RdsTwinOptions } from '../../lab/aws/rds/rds-twin.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import { addressIn, clusterArn, type Durations, LAB_DURATIONS, REGIONS, type Region } from '../../lab/topology.ts';
import { DatabaseStandIn } from './database-stand-in.ts';
import { freePort } from './free-port.ts';
import { loggedCalls } from './logged-calls.ts';

export const IRELAND = 'eu-west-1';
export const PARIS = 'eu-west-3';
export const GLOBAL = { GlobalClusterIdentifier: 'booking-global' };
export const TO_PARIS = { ...GLOBAL, TargetDbClusterIdentifier: clusterArn(PARIS) };
export const TO_IRELAND = { ...GLOBAL, TargetDbClusterIdentifier: clusterArn(IRELAND) };

const lasting = (ms: number): Durations => ({
  ...LAB_DURATIONS,
  failoverPending: ms,
  failingOver: ms,
  switchingOver: ms,
  failoverSettling: ms,
  restoreSettling: ms,
  instanceStart: ms,
  instanceDelete: ms,
  clusterDelete: ms,
  snapshotSettling: ms,
});
export const QUICK = lasting(10);
/** A phase that lasts longer than any test: a state is met at rest, not caught in passing. */
export const UNENDING = lasting(600_000);

/** A wait ends as soon as what it waits for is there: the limit only tells what hangs from a machine that paused. */
export const PATIENT = { timeoutMs: 30_000, everyMs: 10 };

let folder: string;
export let database: DatabaseStandIn;
export let twin: RdsTwin;
let durations: Durations;
export let said: string[];
let actsWhenSaid: { readonly words: string; readonly act: () => void }[];
let url: Record<Region, string>;
/** By URL and scope. */
let clients: Map<string, rds.RDSClient>;

export async function start(options: Partial<RdsTwinOptions> = {}): Promise<void> {
  twin = new RdsTwin({
    database,
    durations: () => durations,
    log: new CallLog(path.join(folder, 'calls.jsonl')),
    say: (line) => {
      said.push(line);
      for (const { words, act } of actsWhenSaid) if (line.includes(words)) act();
    },
    ...options,
  });
  const listening = REGIONS.map(async (region) => {
    const host = addressIn(region, 130);
    const port = await freePort(host);
    await twin.listen(region, { host, port });
    return [region, `http://${host}:${port}`] as const;
  });
  url = Object.fromEntries(await Promise.all(listening)) as Record<Region, string>;
}

/** A twin over a database stand-in for each test of the file that calls this; with what `options` says anew each time. */
export function useRdsTwin(options: () => Partial<RdsTwinOptions> = () => ({})): void {
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'rds-twin-'));
    database = new DatabaseStandIn();
    durations = QUICK;
    said = [];
    actsWhenSaid = [];
    clients = new Map();
    await start(options());
  });

  afterEach(async () => {
    for (const client of clients.values()) client.destroy();
    await twin.close();
    rmSync(folder, { recursive: true, force: true });
  });
}

/** How long each phase of a move lasts from now on. */
export function setDurations(chosen: Partial<Durations>): void {
  durations = { ...durations, ...chosen };
}

/** Acts in the very instant in which the twin says so, before it goes on: polling may come too late for a state that passes. */
export function whenSaid(words: string, act: () => void): void {
  actsWhenSaid.push({ words, act });
}

/** The endpoint of one region, signed for `scope`. */
export function client(region: Region, scope: string = region, maxAttempts = 1): rds.RDSClient {
  const key = `${url[region]} ${scope} ${maxAttempts}`;
  const known = clients.get(key);
  if (known) return known;
  const made = new rds.RDSClient({
    region: scope,
    endpoint: url[region],
    credentials: { accessKeyId: 'lifeboat-execute', secretAccessKey: 'none' },
    maxAttempts,
  });
  clients.set(key, made);
  return made;
}

export const globalIn = async (region: Region): Promise<rds.GlobalCluster> =>
  (await client(region).send(new rds.DescribeGlobalClustersCommand(GLOBAL))).GlobalClusters![0]!;
export const clusterIn = async (region: Region): Promise<rds.DBCluster> =>
  (await client(region).send(new rds.DescribeDBClustersCommand({}))).DBClusters![0]!;
export const instanceIn = async (region: Region): Promise<rds.DBInstance> =>
  (await client(region).send(new rds.DescribeDBInstancesCommand({}))).DBInstances![0]!;
export const failOver = (region: Region, input: rds.FailoverGlobalClusterCommandInput) =>
  client(region).send(new rds.FailoverGlobalClusterCommand(input));
export const switchOver = (region: Region, input: rds.SwitchoverGlobalClusterCommandInput) =>
  client(region).send(new rds.SwitchoverGlobalClusterCommand(input));
export const eventsIn = async (
  region: Region,
  input: rds.DescribeEventsCommandInput = {},
): Promise<readonly string[]> =>
  (await client(region).send(new rds.DescribeEventsCommand(input))).Events!.map((event) => event.Message!);

export const idle = (region: Region): Promise<void> =>
  waitUntil('the global cluster is idle', async () => (await globalIn(region)).FailoverState === undefined, PATIENT);

/** Name of the error a call is refused with; fails when it is not refused. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  const error: Error = await call.then(
    () => new Error('not refused'),
    (caught: Error) => caught,
  );
  return error.message === 'not refused' ? 'not refused' : error.name;
}

/** What the control plane shows of a move: the global cluster, and the target's cluster. */
export async function movePicture(region: Region, target: Region): Promise<readonly [string, string]> {
  const cluster = await globalIn(region);
  const writer = cluster.GlobalClusterMembers!.find((each) => each.IsWriter)!.DBClusterArn!.split(':')[3];
  const global = `${cluster.Status}, ${cluster.FailoverState?.Status ?? 'idle'}, writer ${writer}`;
  return [global, (await clusterIn(target)).Status!];
}

export const logged = (): readonly LoggedCall[] => loggedCalls(path.join(folder, 'calls.jsonl'));

export const signed = (region: string, service = 'rds'): string =>
  `AWS4-HMAC-SHA256 Credential=someone/20261121/${region}/${service}/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`;

/** A request the SDK would not send: status and body as text. */
export async function post(
  region: Region,
  body: string,
  authorization: string | null = signed(region),
  target = '/',
): Promise<string> {
  const answer = await fetch(`${url[region]}${target}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization === null ? {} : { authorization }),
    },
    body,
    signal: AbortSignal.timeout(PATIENT.timeoutMs),
  });
  return `${answer.status} ${await answer.text()}`;
}
