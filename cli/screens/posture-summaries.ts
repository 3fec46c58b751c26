import { listField, numberField, textField, textsField } from './json-field.ts';
import type { Summary } from './summary.ts';

/** `4 fine · deletion protection of booking-ew1 is off`: what is not fine, in its own words. */
const area: Summary = (output) => {
  const findings = listField(output, 'findings');
  const notFine = findings.filter((finding) => textField(finding, 'verdict') !== 'fine');
  const fine = findings.length - notFine.length;
  return [
    ...(fine > 0 || notFine.length === 0 ? [`${fine} fine`] : []),
    ...notFine.map((finding) => textField(finding, 'what') ?? '?'),
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
