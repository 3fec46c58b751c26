import { LifeboatError } from '../domain/errors.ts';
import type { FrontDoor, RestorePlacement, Service, ServiceBackups, ServiceColdRecovery } from '../domain/service.ts';

/** What a service declares for one region, as the inputs of actions. Each throws `DR_CONFIG_INVALID` when it declares nothing. */

export function frontDoorOf(service: Service, region: string): FrontDoor {
  return declared(service.frontDoor[region], `frontDoor.${region}`, service);
}

export function clusterOf(service: Service, region: string): { readonly cluster: string; readonly clusterArn: string } {
  const { cluster, arn } = declared(service.database.regions[region], `database.regions.${region}`, service);
  return { cluster, clusterArn: arn };
}

/** Where what is restored in a region is put. Without it AWS would put it among its defaults. */
export function restorePlacementOf(service: Service, region: string): RestorePlacement {
  const field = `database.regions.${region}.restore`;
  return declared(service.database.regions[region]?.restore, field, service);
}

/** What backups and copies of a service are held against. */
export const backupsOf = (service: Service): ServiceBackups => declared(service.backups, 'backups', service);

/** Deployments with the replicas that carry production load. */
export function deploymentTargetsOf(service: Service, region: string) {
  const { deployments } = declared(service.compute[region], `compute.${region}`, service);
  return deployments.map(({ namespace, name, replicas }) => ({ namespace, name, minimumReplicas: replicas }));
}

/** How the recovery region is brought up when nothing stands there. */
export function coldRecoveryOf(service: Service): ServiceColdRecovery {
  return declared(service.coldRecovery, 'coldRecovery', service);
}

function declared<Part>(part: Part | undefined, field: string, service: Service): Part {
  if (part !== undefined) return part;
  throw new LifeboatError('DR_CONFIG_INVALID', `${service.name} declares no ${field}, which this runbook needs`, {
    field: `services.${service.name}.${field}`,
  });
}
