import type { Json } from '../../domain/json.ts';
import { duration } from '../terminal/duration.ts';
import { booleanField, fieldOf, listField, numberField, textField, textsField } from './json-field.ts';
import { POSTURE_SUMMARIES } from './posture-summaries.ts';
import { RESTORE_SUMMARIES } from './restore-summaries.ts';
import type { Summary } from './summary.ts';

const because = (output: Json): string => textsField(output, 'because').join('; ');

const replicas: Summary = (output) => {
  const rows = listField(output, 'deployments');
  if (rows.length === 0) return null;
  return rows
    .map((row) => {
      const before = numberField(row, 'before');
      const ready = numberField(row, 'ready');
      const name = textField(row, 'name') ?? '?';
      if (before !== null) return `${name} ${before} → ${numberField(row, 'after')}`;
      return ready === null ? name : `${name} ${ready} ready of ${numberField(row, 'replicas')}`;
    })
    .join(', ');
};

/** How each action's result reads in a few words. An action without an entry shows its plain fields. */
export const SUMMARIES: Readonly<Record<string, Summary>> = {
  ...RESTORE_SUMMARIES,
  ...POSTURE_SUMMARIES,
  'impact.confirm': (output) => {
    const vantages = listField(output, 'vantages').map((seen) => `${textField(seen, 'id')} ${textField(seen, 'sees')}`);
    return `${numberField(output, 'misses')} misses in a row; seen by ${textsField(output, 'signals').join(' and ')}; ${vantages.join(', ')}`;
  },
  'region.reach': (output) =>
    booleanField(output, 'reachable') === true ? 'answers' : `does not answer: ${because(output)}`,
  'database.checkStandby': (output) =>
    booleanField(output, 'ready') === true
      ? `ready: cluster ${textField(output, 'clusterStatus')}, ${numberField(output, 'availableInstances')} available, PostgreSQL ${textField(output, 'engineVersion')}`
      : `not ready: ${because(output)}`,
  'database.readLag': (output) => {
    const lag = numberField(output, 'lagSeconds');
    if (lag !== null) return `${duration(lag)} behind`;
    const last = numberField(output, 'lastKnownLagSeconds');
    return `unknown: ${textField(output, 'because') ?? 'no reading'}${last === null ? '' : `; last known ${duration(last)}`}`;
  },
  'database.promote': (output) => `writer in ${textField(output, 'writerRegion')}`,
  'database.probeWrite': () => 'a row was committed and read back',
  'dns.checkSwitch': (output) => {
    const ttl = numberField(output, 'ttlSeconds');
    const warnings = textsField(output, 'warnings');
    const state = `stands on ${textField(output, 'state')}, records ${textField(output, 'records')}`;
    return [`${state}${ttl === null ? '' : `, TTL ${ttl} s`}`, ...warnings.map((text) => `warning: ${text}`)].join(
      '; ',
    );
  },
  'frontDoor.probe': (output) => `answered ${numberField(output, 'status')} at ${textField(output, 'address')}`,
  'compute.readScale': replicas,
  'compute.scale': replicas,
  'compute.stop': replicas,
  'compute.start': replicas,
  'compute.confirmCapacity': replicas,
  'lease.check': (output) =>
    `epoch ${numberField(output, 'epoch')}, held by ${textField(output, 'region')}; ${listField(output, 'participants').length} writers; would prove: ${textField(output, 'wouldProve')}`,
  'lease.fence': (output) => {
    const waited = numberField(output, 'waitedSeconds');
    const wait = waited === null ? '' : `, waited ${duration(waited)}`;
    return `epoch ${numberField(output, 'epoch')}${wait}; proved: ${textField(output, 'proved')}`;
  },
  'traffic.setSwitch': (output) => `the name shall answer ${textField(output, 'expectedAddress')}`,
  'traffic.confirmServing': (output) => `served from ${textField(output, 'servedBy')}`,
  'people.notify': (output) => {
    const notTaken = textsField(output, 'notTaken').length;
    return `${textsField(output, 'taken').length} told${notTaken === 0 ? '' : `, ${notTaken} did not take it`}`;
  },
  'measure.actual': (output) => {
    const rto = numberField(output, 'rtoSeconds');
    const lost = numberField(fieldOf(output, 'rpo'), 'lost');
    return `RTO ${rto === null ? 'not measured' : duration(rto)} · ${lost === null ? 'loss not measured' : `${lost} canaries lost`}`;
  },
};

/** A result in one line; empty when there is nothing to say. */
export function summarise(action: string, output: Json): string {
  if (output === null) return '';
  try {
    return SUMMARIES[action]?.(output) ?? plainFields(output);
  } catch {
    return plainFields(output);
  }
}

/** Names and values of the plain fields: `epoch 42 · proved lease`. */
function plainFields(output: Json): string {
  if (typeof output !== 'object' || output === null) return output === null ? '' : String(output);
  if (Array.isArray(output)) return output.map((item: Json) => plainFields(item)).join(', ');
  return Object.entries(output)
    .filter(([, value]) => value !== undefined && value !== null && typeof value !== 'object')
    .map(([name, value]) => `${words(name)} ${value}`)
    .join(' · ');
}

/** `warmPool` reads `warm pool`. */
const words = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
