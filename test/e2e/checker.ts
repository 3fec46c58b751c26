/**
 * Checks a demo's figures against raw logs. Written apart on purpose: it imports nothing of the product or the lab, so
 * a mistake made there is not made here again.
 */
import { readFileSync } from 'node:fs';

interface Attempt {
  readonly id: string;
  readonly at: number;
  readonly doneAt: number;
  readonly ok: boolean;
  readonly servedBy: string | null;
}

interface Row {
  readonly id: string;
  readonly region: string;
  readonly committedAt: number | null;
}

interface TwinCall {
  readonly at: string;
  readonly service: string;
  readonly operation: string;
  readonly mutating: boolean;
  readonly principal: string;
}

interface Report {
  readonly dryRun: { readonly status: string; readonly mutatingCalls: number; readonly callsNamed: readonly string[] };
  readonly execution: {
    readonly status: string;
    readonly marks: Readonly<Record<string, string>>;
    readonly actual: {
      readonly rtoSeconds: number | null;
      readonly rpo: {
        readonly minSeconds: number;
        readonly maxSeconds: number;
        readonly oldestLostAt: string | null;
        readonly newestSurvivingAt: string | null;
      } | null;
    };
  };
  readonly observer: { readonly log: string; readonly rows: { readonly surviving: string; readonly old: string } };
  readonly twin: { readonly log: string };
  readonly ledger: { readonly verified: boolean };
}

type Measured = Pick<Report, 'execution'>;

export interface Finding {
  readonly what: string;
  readonly holds: boolean;
  readonly figures: string;
}

const PROBE_INTERVAL_SECONDS = 0.1;
const MISSES = 3;
const HOLD_MS = 3_000;

const lines = <Line>(path: string): Line[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);

/** From the start of the last success before three misses in a row to that of the first success that held; milliseconds. */
interface OutageSeen {
  readonly from: number;
  readonly to: number;
  /** Longest time between the two attempts of which one was inside the outage and one was not. */
  readonly gap: number;
}

/** The outage that people mean: the longest. While a busy machine comes up, three bookings in a row may fail as well. */
function outageSeen(attempts: readonly Attempt[]): OutageSeen | null {
  const ordered = [...attempts].sort((left, right) => left.at - right.at);
  let longest: OutageSeen | null = null;
  for (let start = 0; ; ) {
    const firstMiss = ordered.findIndex((_, index) => index > start && missesFrom(ordered, index));
    if (firstMiss < 0) return longest;
    const from = ordered.slice(0, firstMiss).findLast((attempt) => attempt.ok);
    const back = ordered.findIndex((_, index) => index > firstMiss && holdsFrom(ordered, index));
    if (back < 0) return longest;
    const to = ordered[back]!.at;
    const gap = Math.max(ordered[firstMiss]!.at - (from?.at ?? 0), to - ordered[back - 1]!.at);
    if (from && (!longest || to - from.at > longest.to - longest.from)) longest = { from: from.at, to, gap };
    start = back;
  }
}

function missesFrom(ordered: readonly Attempt[], index: number): boolean {
  const missed = ordered.slice(index, index + MISSES);
  return missed.length === MISSES && missed.every((attempt) => !attempt.ok);
}

/** Whether this success held: nothing failed for a while from here on. */
function holdsFrom(ordered: readonly Attempt[], index: number): boolean {
  const until = ordered[index]!.at + HOLD_MS;
  const held = ordered.slice(index).filter((attempt) => attempt.at <= until);
  return held.every((attempt) => attempt.ok) && ordered.at(-1)!.at >= until;
}

/** Every claim of the report that raw logs can confirm. */
export function check(reportPath: string): readonly Finding[] {
  const report = JSON.parse(readFileSync(reportPath, 'utf8')) as Report;
  return [...checkFigures(report), ...calls(report, lines<TwinCall>(report.twin.log))];
}

/** How it ended, and what was measured. */
export function checkFigures(report: Pick<Report, 'execution' | 'observer' | 'ledger'>): readonly Finding[] {
  const attempts = lines<Attempt>(report.observer.log);
  const surviving = lines<Row>(report.observer.rows.surviving);
  const old = lines<Row>(report.observer.rows.old);
  return [
    {
      what: 'the execution succeeded and its ledger verifies',
      holds: report.execution.status === 'succeeded' && report.ledger.verified,
      figures: report.execution.status,
    },
    rto(report, attempts),
    ...rpo(report, attempts, surviving),
    oneWriter(surviving, old),
  ];
}

function rto(report: Measured, attempts: readonly Attempt[]): Finding {
  const what = 'the reported RTO is the observer’s, within 2 probe intervals or 2 %';
  const seen = outageSeen(attempts);
  const { rtoSeconds } = report.execution.actual;
  if (!seen || rtoSeconds === null)
    return { what, holds: false, figures: `reported ${rtoSeconds}, seen ${seen ? 'an outage' : 'none'}` };
  const seenSeconds = (seen.to - seen.from) / 1_000;
  // The observer's intervals as they came: who stood still for a second cannot tell more finely when something happened.
  const interval = Math.max(PROBE_INTERVAL_SECONDS, seen.gap / 1_000);
  const allowed = Math.max(2 * interval, 0.02 * seenSeconds);
  return {
    what,
    holds: Math.abs(rtoSeconds - seenSeconds) <= allowed,
    figures: `${rtoSeconds} s reported, ${seenSeconds} s seen, ± ${allowed.toFixed(2)} s allowed`,
  };
}

/** Requests in flight at the cut are apart: a lost one that ended after it, a surviving one that began before it. */
function rpo(report: Measured, attempts: readonly Attempt[], surviving: readonly Row[]): readonly Finding[] {
  const { rpo: reported } = report.execution.actual;
  const seen = outageSeen(attempts);
  if (!reported?.newestSurvivingAt || !seen)
    return [{ what: 'an RPO was measured', holds: false, figures: JSON.stringify(reported) }];
  const there = new Set(surviving.map((row) => row.id));
  const promised = attempts.filter((attempt) => attempt.ok && attempt.at <= seen.from);
  const lost = promised.filter((attempt) => !there.has(attempt.id));
  const kept = promised.filter((attempt) => there.has(attempt.id));
  const newest = Date.parse(reported.newestSurvivingAt);
  const oldest = reported.oldestLostAt === null ? Number.POSITIVE_INFINITY : Date.parse(reported.oldestLostAt);
  const tooOld = lost.filter((attempt) => attempt.doneAt < newest);
  const tooNew = kept.filter((attempt) => attempt.at > oldest);
  const end = Math.max(...promised.map((attempt) => attempt.doneAt));
  const lostSeconds = lost.length === 0 ? 0 : (end - Math.min(...lost.map((attempt) => attempt.doneAt))) / 1_000;
  const allowed = 2 * PROBE_INTERVAL_SECONDS;
  const figures = `${lost.length} of ${promised.length} acknowledged bookings lost over ${lostSeconds.toFixed(2)} s; reported ${reported.minSeconds}–${reported.maxSeconds} s`;
  return [
    { what: 'nothing lost is older than the RPO interval', holds: tooOld.length === 0, figures },
    { what: 'nothing surviving is newer than the RPO interval', holds: tooNew.length === 0, figures },
    {
      what: 'the reported RPO covers the loss seen',
      holds: lostSeconds <= reported.maxSeconds + allowed && lostSeconds >= reported.minSeconds - allowed,
      figures,
    },
  ];
}

function oneWriter(surviving: readonly Row[], old: readonly Row[]): Finding {
  const oldRegion = old[0]?.region;
  const own = surviving.filter((row) => row.region !== oldRegion && row.committedAt !== null);
  const first = Math.min(...own.map((row) => row.committedAt!));
  const late = old.filter((row) => row.region === oldRegion && row.committedAt !== null && row.committedAt > first);
  return {
    what: 'no row was committed on the old side after the new side’s first write',
    holds: own.length > 0 && late.length === 0,
    figures: `${own.length} rows written by the new side, ${late.length} late ones by the old`,
  };
}

function calls(report: Report, log: readonly TwinCall[]): readonly Finding[] {
  const named = new Set(report.dryRun.callsNamed.map((name) => name.split(' ')[0]));
  const started = report.execution.marks['started']!;
  const before = log.filter((call) => call.mutating && call.principal.startsWith('lifeboat') && call.at < started);
  const made = log
    .filter((call) => call.mutating && call.at >= started)
    .map((call) => `${call.service}:${call.operation}`);
  const unnamed = made.filter((name) => !named.has(name));
  return [
    {
      what: 'the dry run changed nothing',
      holds: before.length === 0 && report.dryRun.mutatingCalls === 0,
      figures: `${before.length} mutating calls before the start`,
    },
    {
      what: 'every mutating call of the live run was named by the dry run',
      holds: made.length > 0 && unnamed.length === 0,
      figures: `${made.join(', ')}; unnamed: ${unnamed.join(', ') || 'none'}`,
    },
  ];
}
