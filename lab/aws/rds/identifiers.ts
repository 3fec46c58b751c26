import { ACCOUNT, type Region } from '../../topology.ts';
import { invalidValue } from '../query/query-fault.ts';
import type { QueryParameters } from '../query/query-parameters.ts';

const LONGEST = 63;
const FORM = /^[a-z](?:-?[a-z0-9])*$/;

type ArnKind = 'cluster' | 'db' | 'cluster-snapshot' | 'cluster-pg' | 'subgrp';

export const arnOf = (region: Region, kind: ArnKind, id: string): string =>
  `arn:aws:rds:${region}:${ACCOUNT}:${kind}:${id}`;

/** A name for something new: AWS's rule for clusters, instances and cluster snapshots; stored in lower case. */
export function newIdentifier(parameters: QueryParameters, name: string): string {
  const given = parameters.required(name);
  const identifier = given.toLowerCase();
  if (identifier.length > LONGEST || !FORM.test(identifier)) {
    throw invalidValue(
      `${name} is not a valid identifier: ${given}. Identifiers have 1 to ${LONGEST} letters, digits and hyphens, begin with a letter, do not end with a hyphen and hold no two in a row.`,
    );
  }
  return identifier;
}

/**
 * The identifier that a plain name or an ARN of this kind and region stands for; an ARN of anything else stands for nothing here.
 * Automated snapshots have a colon in their name.
 */
export function identifierIn(region: Region, kind: ArnKind, named: string): string | undefined {
  const lower = named.toLowerCase();
  if (!lower.startsWith('arn:')) return lower;
  const prefix = arnOf(region, kind, '');
  return lower.startsWith(prefix) ? lower.slice(prefix.length) : undefined;
}
