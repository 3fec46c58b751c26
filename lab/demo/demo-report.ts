import { copyFile, cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { ExecutionSnapshot } from '../../domain/execution.ts';
import type { LabHandle } from '../lab-handle.ts';
import type { Observed } from './observed.ts';

/** What the demo knows at its end, with the lab's own paths. */
export interface DemoReport {
  readonly dryRun: { readonly status: string; readonly mutatingCalls: number; readonly callsNamed: readonly string[] };
  readonly execution: ExecutionSnapshot;
  readonly observer: Observed & { readonly log: string };
  readonly twin: { readonly log: string };
  readonly ledger: { readonly path: string; readonly publicKey: string; readonly verified: boolean };
}

/** Writes the report and keeps every raw log it names beside it, since the lab's folder goes with the lab. */
export async function writeReport(file: string, report: DemoReport, lab: LabHandle): Promise<void> {
  const folder = dirname(resolve(file));
  await mkdir(folder, { recursive: true });
  const keep = async (path: string): Promise<string> => {
    const target = join(folder, basename(path));
    await copyFile(path, target);
    return target;
  };
  const writeLines = async (name: string, rows: readonly unknown[]): Promise<string> => {
    const target = join(folder, name);
    await writeFile(target, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return target;
  };
  const ledgerPath = join(folder, 'evidence');
  await cp(report.ledger.path, ledgerPath, { recursive: true });
  const { files } = await lab.status();
  await cp(files.watch, join(folder, 'watch'), { recursive: true });
  const { execution, observer } = report;
  const { actual } = execution;
  await writeFile(
    file,
    `${JSON.stringify(
      {
        dryRun: report.dryRun,
        execution: {
          id: execution.request.executionId,
          runbook: execution.request.runbook,
          mode: execution.request.mode,
          purpose: execution.request.purpose,
          status: execution.outcome,
          planDigest: execution.plan?.digest ?? null,
          objectives: execution.objectives,
          actual,
          marks: execution.marks,
          steps: execution.steps.map(({ id, state, startedAt, endedAt, attempts, calls }) => ({
            id,
            status: state,
            startedAt,
            endedAt,
            attempts,
            calls,
          })),
        },
        observer: {
          log: await keep(observer.log),
          ...observer.verdict,
          rows: {
            surviving: await writeLines('rows-surviving.jsonl', observer.rows.surviving),
            old: await writeLines('rows-old.jsonl', observer.rows.old),
          },
        },
        twin: { log: await keep(report.twin.log) },
        faults: await keep(files.faults),
        ledger: {
          path: ledgerPath,
          publicKey: await keep(report.ledger.publicKey),
          entries: (await readdir(join(ledgerPath, 'ledger'))).length,
          verified: report.ledger.verified,
        },
      },
      null,
      2,
    )}\n`,
  );
}
