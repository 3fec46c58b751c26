import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { EnginePorts } from '../activities/engine/engine-activities.ts';
import { LifeboatError } from '../domain/errors.ts';
import type { Configuration, Service } from '../domain/service.ts';
import { verifyStatement } from '../identity/verify-statement.ts';
import type { Journal } from '../ledger/journal.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import { compilePlan } from '../runbooks/language/compile-plan.ts';
import { canonicalDigest } from '../runbooks/language/digest.ts';
import { runbookById } from '../runbooks/registry.ts';

export interface EngineDependencies {
  readonly configuration: Configuration;
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly client: Client;
}

/** A service of the configuration. @throws LifeboatError DR_SERVICE_UNKNOWN */
export function serviceOf(configuration: Configuration, name: string): Service {
  const service = configuration.services[name];
  if (service) return service;
  throw new LifeboatError('DR_SERVICE_UNKNOWN', `the configuration declares no service '${name}'`, {
    field: 'service',
    expected: Object.keys(configuration.services),
    actual: name,
  });
}

/** What the engine's own activities stand on, made of real parts. */
export function enginePorts({ configuration, ledger, journal, client }: EngineDependencies): EnginePorts {
  return {
    environment: configuration.environment,
    compile: ({ runbook, service, parameters }) =>
      compilePlan({ runbook: runbookById(runbook), service: serviceOf(configuration, service), parameters }),
    verify: verifyStatement,
    digest: canonicalDigest,
    schedules: (service) => serviceOf(configuration, service).schedules ?? [],
    appendEvidence: async (draft) => ({ entry: (await ledger.append(draft)).entry }),
    readJournal: (executionId) => journal.read(executionId),
    sealInterrupted: async (service, except) => {
      for (const opened of await ledger.unsealed(service)) {
        if (opened.executionId !== except && (await hasEnded(client, opened))) await sealInterrupted(ledger, opened);
      }
    },
  };
}

/** Whether the workflow that opened the execution has ended without sealing it; one that completed has sealed first. */
async function hasEnded(client: Client, opened: LedgerEntry): Promise<boolean> {
  const { workflowId, runId } = opened.facts as { workflowId?: string; runId?: string };
  if (!workflowId || !runId) return false;
  try {
    const { status } = await client.workflow.getHandle(workflowId, runId).describe();
    return status.name !== 'RUNNING' && status.name !== 'COMPLETED';
  } catch (caught) {
    if (caught instanceof WorkflowNotFoundError) return true;
    throw caught;
  }
}

async function sealInterrupted(ledger: Ledger, opened: LedgerEntry): Promise<void> {
  const { executionId, service, facts } = opened;
  await ledger.append({
    type: 'sealed',
    executionId,
    service,
    at: new Date().toISOString(),
    facts: { outcome: 'interrupted', error: 'DR_EXECUTION_INTERRUPTED', planDigest: facts['planDigest'] ?? null },
    statement: null,
    artefacts: [],
  });
}
