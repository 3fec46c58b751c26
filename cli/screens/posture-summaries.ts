import type { Json } from '../../domain/json.ts';
import { listField, numberField, textField, textsField } from './json-field.ts';
import type { Summary } from './summary.ts';

/** `4 fine · deletion protection of booking-ew1 is off · 2 unknown`: what is wrong in its own words, what is unknown counted. */
const area: Summary = (output) => {
  const findings = listField(output, 'findings');
  const judged = (verdict: string): readonly Json[] =>
    findings.filter((finding) => textField(finding, 'verdict') === verdict);
  const [fine, wrong, unknown] = [judged('fine'), judged('finding'), judged('unknown')];
  return [
    ...(fine.length > 0 || findings.length === 0 ? [`${fine.length} fine`] : []),
    ...wrong.map((finding) => textField(finding, 'what') ?? '?'),
    ...(unknown.length > 0 ? [`${unknown.length} unknown`] : []),
  ].join(' · ');
};

const AREAS = [
  'backups',
  'standby',
  'protection',
  'parameters',
  'dns',
  'compute',
  'evidence',
  'drills',
  'leftovers',
] as const;

export const POSTURE_SUMMARIES: Readonly<Record<string, Summary>> = {
  ...Object.fromEntries(AREAS.map((name) => [`posture.${name}`, area])),
  'posture.verdict': (output) => {
    const warnings = textsField(output, 'warnings').length;
    return `${numberField(output, 'fine')} fine, ${warnings === 0 ? 'nothing else' : `${warnings} not, none of it critical`}`;
  },
};
