import type { Service } from '../domain/service.ts';
import { peopleProblems } from './people-rules.ts';
import type { Problem } from './problem.ts';
import { placementProblems, validationProblems } from './restore-rules.ts';
import { scheduleProblems } from './schedule-rules.ts';

/** What the shape of a service cannot say. A rule runs when the sections it reads are well-formed. */
interface Rule {
  readonly reads: readonly (keyof Service)[];
  readonly check: (service: Service) => readonly Problem[];
}

export const SERVICE_RULES: readonly Rule[] = [
  {
    reads: ['regions'],
    check: ({ regions }) =>
      regions.protected === regions.recovery
        ? [
            {
              field: 'regions.recovery',
              found: `is '${regions.recovery}'`,
              expected: 'another region than regions.protected',
            },
          ]
        : [],
  },
  { reads: ['people'], check: ({ people }) => peopleProblems(people) },
  {
    reads: ['regions', 'database'],
    check: (service) => bothRegions(service, 'database.regions', service.database.regions),
  },
  { reads: ['regions', 'compute'], check: (service) => bothRegions(service, 'compute', service.compute) },
  { reads: ['regions', 'frontDoor'], check: (service) => bothRegions(service, 'frontDoor', service.frontDoor) },
  { reads: ['database'], check: clusterArnsFit },
  {
    reads: ['regions', 'dns'],
    check: ({ regions, dns }) =>
      dns.switch.region === regions.protected
        ? [
            {
              field: 'dns.switch.region',
              found: `is '${dns.switch.region}', the protected region`,
              expected: 'a region that outlives it, for instance the recovery region',
            },
          ]
        : [],
  },
  {
    reads: ['dns'],
    check: ({ dns }) =>
      dns.name === dns.zone || dns.name.endsWith(`.${dns.zone}`)
        ? []
        : [{ field: 'dns.name', found: `is '${dns.name}'`, expected: `a name in the zone '${dns.zone}'` }],
  },
  { reads: ['frontDoor'], check: onePublicPort },
  { reads: ['regions', 'watch'], check: vantageProblems },
  { reads: ['database'], check: placementProblems },
  { reads: ['database'], check: validationProblems },
  { reads: ['schedules'], check: ({ schedules }) => scheduleProblems(schedules ?? []) },
];

function bothRegions(
  { regions }: Service,
  field: string,
  byRegion: Readonly<Record<string, unknown>>,
): readonly Problem[] {
  if (regions.protected === regions.recovery) return [];
  const wanted = [regions.protected, regions.recovery];
  const missing = wanted
    .filter((region) => !Object.hasOwn(byRegion, region))
    .map((region) => ({
      field: `${field}.${region}`,
      found: 'is missing',
      expected: 'there: both regions are needed',
    }));
  const foreign = Object.keys(byRegion)
    .filter((region) => !wanted.includes(region))
    .map((region) => ({
      field: `${field}.${region}`,
      found: 'is no region of the service',
      expected: `one of ${wanted.join(', ')}`,
    }));
  return [...missing, ...foreign];
}

function clusterArnsFit({ database }: Service): readonly Problem[] {
  return Object.entries(database.regions).flatMap(([region, { arn, cluster }]) => {
    const [, , , arnRegion, , , arnCluster] = arn.split(':');
    return arnRegion === region && arnCluster === cluster
      ? []
      : [
          {
            field: `database.regions.${region}.arn`,
            found: `is "${arn}"`,
            expected: `the ARN of cluster '${cluster}' in ${region}`,
          },
        ];
  });
}

/** The public name moves from one front door to the other, and clients keep their port. */
function onePublicPort({ frontDoor }: Service): readonly Problem[] {
  const ports = Object.entries(frontDoor).map(([region, { port }]) => ({ region, port }));
  const first = ports[0];
  return ports
    .filter(({ port }) => port !== first?.port)
    .map(({ region, port }) => ({
      field: `frontDoor.${region}.port`,
      found: `is ${port}`,
      expected: `${first?.port} as in ${first?.region}: the public name has one port`,
    }));
}

function vantageProblems({ regions, watch }: Service): readonly Problem[] {
  const field = 'watch.vantages';
  if (watch.vantages.length === 0) {
    return [{ field, found: 'is empty', expected: 'a list of at least one vantage: nothing would be measured' }];
  }
  return watch.vantages.flatMap(({ id, place }, index) => [
    ...(place === regions.protected
      ? [
          {
            field: `${field}[${index}].place`,
            found: `is '${place}', the protected region`,
            expected: 'a place that outlives it',
          },
        ]
      : []),
    ...(watch.vantages.findIndex((other) => other.id === id) < index
      ? [{ field: `${field}[${index}].id`, found: `is '${id}' again`, expected: 'different for each vantage' }]
      : []),
  ]);
}
