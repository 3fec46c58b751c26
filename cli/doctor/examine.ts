import { access, constants, readFile } from 'node:fs/promises';
import { LifeboatError, shapeOf } from '../../domain/errors.ts';
import type { Configuration } from '../../domain/service.ts';
import { verifyLedger } from '../../ledger/verify-ledger.ts';
import { findingText } from '../../runbooks/language/finding.ts';
import { lintRunbook } from '../../runbooks/language/lint-runbook.ts';
import { RUNBOOKS } from '../../runbooks/registry.ts';
import type { Session } from '../session.ts';
import { ownerOf } from '../signer.ts';
import { readSampleTails } from '../watching/sample-tail.ts';
import { serviceHealth } from '../watching/service-health.ts';
import { type Check, failed, failedBy, ok, warning } from './check.ts';

/** Looks at everything an execution stands on. Reads only; a failed look is a finding, never an error. */
export async function examine(session: Session): Promise<readonly Check[]> {
  let configuration: Configuration;
  try {
    configuration = await session.configuration();
  } catch (caught) {
    return [failedBy('configuration', shapeOf(caught))];
  }
  const services = Object.values(configuration.services);
  const found = ok(
    'configuration',
    `${session.configurationPath}: ${configuration.environment}, services ${services.map(({ name }) => name).join(', ')}`,
  );
  const groups = await Promise.all([
    looking('identity', () => identity(session, configuration)),
    looking('temporal', () => temporal(session)),
    ...services.map((service) => looking(`watch ${service.name}`, () => watchOf(session, configuration, service.name))),
    looking('lease store', () => folder('lease store', configuration.control.lease)),
    looking('ledger', () => ledger(configuration)),
    looking('executions', () => executions(session)),
    looking('runbooks', async () => services.flatMap((service) => runbooksFor(service))),
  ]);
  return [found, ...groups.flat()];
}

async function looking(id: string, look: () => Promise<readonly Check[]>): Promise<readonly Check[]> {
  try {
    return await look();
  } catch (caught) {
    return [failedBy(id, shapeOf(caught))];
  }
}

async function identity(session: Session, configuration: Configuration): Promise<readonly Check[]> {
  try {
    const key = await session.identity();
    const owner = ownerOf(key, configuration);
    if (owner) return [ok('identity', `${owner.id}, ${owner.roles.join(' and ')}`)];
    return [
      warning(
        'identity',
        `the key ${key.keyId.slice(0, 12)}… is nobody’s here (DR_IDENTITY_UNKNOWN)`,
        'Have its public half added under people.',
      ),
    ];
  } catch (caught) {
    if (!(caught instanceof LifeboatError)) throw caught;
    return [warning('identity', `${caught.shape.message} (${caught.shape.code})`, caught.shape.remedy)];
  }
}

async function temporal(session: Session): Promise<readonly Check[]> {
  const client = await session.client();
  const { serverVersion, workers, namespace } = await client.health();
  const server = ok('temporal', `server ${serverVersion}, namespace ${namespace}`);
  if (workers > 0) return [server, ok('worker', `${workers} asked for work lately`)];
  return [
    server,
    failed('worker', 'none asked for work lately (DR_WORKER_ABSENT)', 'Start one; executions wait for it.'),
  ];
}

async function watchOf(session: Session, configuration: Configuration, name: string): Promise<readonly Check[]> {
  const service = configuration.services[name]!;
  const health = serviceHealth(service, await readSampleTails(configuration, service, session.now()), session.now());
  return health.vantages.map((vantage) => {
    const id = `watch ${name} ${vantage.id}`;
    if (vantage.sees === 'up') return ok(id, 'sees it serving');
    if (vantage.sees === 'down') return warning(id, `works, and sees ${vantage.misses} misses in a row`, 'lifeboat');
    const since =
      vantage.lastSampleAt === null ? 'wrote no sample lately' : `has been silent since ${vantage.lastSampleAt}`;
    return failed(
      id,
      `${since} (DR_WATCH_SILENT)`,
      `Start the watch in ${vantage.place}; it writes to ${configuration.control.watch}.`,
    );
  });
}

async function folder(id: string, path: string): Promise<readonly Check[]> {
  try {
    await access(path, constants.R_OK);
    return [ok(id, path)];
  } catch (caught) {
    return [
      failed(
        id,
        `${path} cannot be read (${(caught as NodeJS.ErrnoException).code})`,
        'Make it readable, or correct the configuration.',
      ),
    ];
  }
}

async function ledger(configuration: Configuration): Promise<readonly Check[]> {
  const { evidence, ledgerPublicKey } = configuration.control;
  const key = await readFile(ledgerPublicKey, 'utf8').catch(() => null);
  if (key === null)
    return [
      failed(
        'ledger',
        `its public key ${ledgerPublicKey} cannot be read`,
        'Put it there, or correct control.ledgerPublicKey.',
      ),
    ];
  try {
    const verdict = await verifyLedger(evidence, key);
    if (verdict.problems.length === 0)
      return [ok('ledger', `verified: ${verdict.entries} entries, ${verdict.executions} executions`)];
    const first = verdict.problems[0]!;
    return [
      failed(
        'ledger',
        `${verdict.problems.length} problems, the first: entry ${first.entry} ${first.says} (DR_LEDGER_CORRUPT)`,
        `lifeboat ledger verify ${evidence} --key ${ledgerPublicKey}`,
      ),
    ];
  } catch (caught) {
    const error = shapeOf(caught);
    if (error.code !== 'DR_LEDGER_MISSING') throw caught;
    return [ok('ledger', `${evidence}: empty, the first execution begins it`)];
  }
}

/** Executions that the ledger has open although their workflow is over. */
async function executions(session: Session): Promise<readonly Check[]> {
  const client = await session.client();
  const open = (await client.list({ limit: 200 })).filter((run) => run.endedAt === null);
  const interrupted: string[] = [];
  for (const run of open.slice(0, 20)) {
    await client.view(run.executionId).catch((caught: unknown) => {
      const { code } = shapeOf(caught);
      if (code === 'DR_EXECUTION_INTERRUPTED' || code === 'DR_EXECUTION_ENDED') interrupted.push(run.executionId);
    });
  }
  if (interrupted.length === 0)
    return [ok('executions', open.length === 0 ? 'none is running' : `${open.length} running`)];
  return [
    warning(
      'executions',
      `ended without sealing their record: ${interrupted.join(', ')}`,
      'Look at what they had done; the next start seals them as interrupted.',
    ),
  ];
}

function runbooksFor(service: Configuration['services'][string]): readonly Check[] {
  return RUNBOOKS.map((runbook) => {
    const findings = lintRunbook(runbook, service);
    const id = `runbook ${runbook.id}`;
    if (findings.length === 0) return ok(id, `breaks no safety rule for ${service.name}`);
    return failed(id, findings.map(findingText).join('; '), `lifeboat runbook lint ${runbook.id}`);
  });
}
