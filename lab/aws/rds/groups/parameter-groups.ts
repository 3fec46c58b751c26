import { AWS_DEFAULTS, REGIONS, type Region, restorePlacement } from '../../../topology.ts';
import { invalidValue } from '../../query/query-fault.ts';
import type { QueryParameters } from '../../query/query-parameters.ts';
import type { XmlObject } from '../../query/query-xml.ts';
import { filterOf } from '../filters.ts';
import { arnOf } from '../identifiers.ts';
import { pageOf } from '../page.ts';
import { rdsFault } from '../rds-faults.ts';
import { type ClusterParameter, ENGINE_DEFAULTS, FAMILY, SERVICE_PARAMETERS } from './parameters.ts';

const SOURCES = ['engine-default', 'system', 'user'];

interface ParameterGroup {
  readonly region: Region;
  readonly name: string;
  readonly parameters: Map<string, ClusterParameter>;
}

export const parameterGroupArns = (): readonly string[] =>
  REGIONS.flatMap((region) =>
    [AWS_DEFAULTS.parameterGroup, restorePlacement(region).parameterGroup].map((name) =>
      arnOf(region, 'cluster-pg', name),
    ),
  );

/** Cluster parameter groups of both regions: AWS's default one, and the service's, equal in both until somebody changes one. */
export class ParameterGroups {
  readonly #groups: readonly ParameterGroup[] = REGIONS.flatMap((region) => [
    group(region, AWS_DEFAULTS.parameterGroup, []),
    group(region, restorePlacement(region).parameterGroup, SERVICE_PARAMETERS),
  ]);

  find(region: Region, named: string): ParameterGroup | undefined {
    return this.#groups.find((each) => each.region === region && each.name === named.toLowerCase());
  }

  /** Changes a parameter in one region only, as somebody by hand would. */
  set(region: Region, named: string, parameter: string, value: string): void {
    const found = this.find(region, named);
    if (!found) throw new Error(`No parameter group ${named} in ${region}.`);
    found.parameters.set(parameter, { name: parameter, value, source: 'user' });
  }

  /** `DescribeDBClusterParameterGroups`. */
  describe(region: Region, parameters: QueryParameters): XmlObject {
    const named = parameters.text('DBClusterParameterGroupName');
    const all = this.#groups.filter((each) => each.region === region);
    const groups = named === undefined ? all : [this.#required(region, named)];
    const { items, marker } = pageOf(groups, parameters);
    return {
      Marker: marker,
      DBClusterParameterGroups: items.map(({ name }) => ({
        DBClusterParameterGroupName: name,
        DBParameterGroupFamily: FAMILY,
        Description: `${name} of the lab`,
        DBClusterParameterGroupArn: arnOf(region, 'cluster-pg', name),
      })),
    };
  }

  /** `DescribeDBClusterParameters`. */
  describeParameters(region: Region, parameters: QueryParameters): XmlObject {
    const found = this.#required(region, parameters.required('DBClusterParameterGroupName'));
    const source = parameters.text('Source');
    if (source !== undefined && !SOURCES.includes(source)) {
      throw invalidValue(`Source must be one of ${SOURCES.join(', ')}, not ${source}.`);
    }
    const fits = filterOf<ClusterParameter>(parameters, { 'parameter-name': ({ name }) => [name] });
    const wanted = [...found.parameters.values()].filter(
      (each) => fits(each) && (source === undefined || each.source === source),
    );
    const { items, marker } = pageOf(wanted, parameters);
    return { Marker: marker, Parameters: items.map(shownParameter) };
  }

  /** Descriptions throw the fault of plain parameter groups: the model lists no other for them. */
  #required(region: Region, named: string): ParameterGroup {
    const found = this.find(region, named);
    if (!found) throw rdsFault('DBParameterGroupNotFoundFault', `DBClusterParameterGroup not found: ${named}`);
    return found;
  }
}

const group = (region: Region, name: string, own: readonly ClusterParameter[]): ParameterGroup => ({
  region,
  name,
  parameters: new Map([...ENGINE_DEFAULTS, ...own].map((parameter) => [parameter.name, parameter])),
});

const shownParameter = (parameter: ClusterParameter): XmlObject => ({
  ParameterName: parameter.name,
  ParameterValue: parameter.value ?? undefined,
  Source: parameter.source,
  ApplyType: 'dynamic',
  DataType: 'string',
  IsModifiable: true,
  ApplyMethod: 'pending-reboot',
});
