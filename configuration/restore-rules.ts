import type { Service } from '../domain/service.ts';
import type { Problem } from './problem.ts';

/** A key is of one region; a restore elsewhere with it fails only when it is needed. */
export function placementProblems({ database }: Service): readonly Problem[] {
  return Object.entries(database.regions).flatMap(([region, { restore }]) => {
    if (!restore) return [];
    const field = `database.regions.${region}.restore`;
    const keyRegion = restore.kmsKey?.split(':')[3];
    return [
      ...(restore.securityGroups.length === 0
        ? [
            {
              field: `${field}.securityGroups`,
              found: 'is empty',
              expected: 'a list of at least one: AWS would take the default group',
            },
          ]
        : []),
      ...(keyRegion !== undefined && keyRegion !== region
        ? [{ field: `${field}.kmsKey`, found: `is a key of ${keyRegion}`, expected: `the ARN of a key in ${region}` }]
        : []),
    ];
  });
}

/** What is to be checked, each thing once, and at least one: a restore that is compared with nothing always passes. */
export function validationProblems({ database }: Service): readonly Problem[] {
  const { validation } = database;
  if (!validation) return [];
  const field = 'database.validation';
  const again = (list: readonly string[], of: string, name: string): readonly Problem[] =>
    list.flatMap((value, index) =>
      list.indexOf(value) < index
        ? [{ field: `${field}.${of}[${index}].${name}`, found: `is '${value}' again`, expected: 'there once' }]
        : [],
    );
  return [
    ...(validation.tables.length === 0
      ? [{ field: `${field}.tables`, found: 'is empty', expected: 'a list of at least one table' }]
      : []),
    ...again(
      validation.tables.map(({ table }) => table),
      'tables',
      'table',
    ),
    ...again(
      validation.invariants.map(({ id }) => id),
      'invariants',
      'id',
    ),
  ];
}
