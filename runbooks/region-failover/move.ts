import { LifeboatError } from '../../domain/errors.ts';
import type { Service } from '../../domain/service.ts';
import type { BuildTools } from '../language/runbook.ts';
import { deploymentTargetsOf, frontDoorOf } from '../service-parts.ts';

export interface MoveParameters {
  readonly to: string;
  readonly quorum: number;
  readonly lossAtMostSeconds?: number | undefined;
}

export type MoveTools = BuildTools<MoveParameters>;

/** From where to where, and what the steps of every strategy address there. */
export function moveOf(service: Service, region: string) {
  const { from, to } = regionsOf(service, region);
  const { dns } = service;
  const newDoor = frontDoorOf(service, to);
  return {
    from,
    to,
    newDoor,
    /** The new front door, asked at its own address. */
    probe: { region: to, name: dns.name, address: newDoor.address, port: newDoor.port, path: newDoor.readyPath },
    scale: { region: to, deployments: deploymentTargetsOf(service, to) },
    switchObject: { region: dns.switch.region, bucket: dns.switch.bucket, key: dns.switch.key },
  };
}

export type Move = ReturnType<typeof moveOf>;

/** The move is one way: from the protected region to the recovery region. Which one serves now is seen live, by check-standby. */
function regionsOf(service: Service, to: string): { readonly from: string; readonly to: string } {
  const { protected: from, recovery } = service.regions;
  if (to === recovery) return { from, to };
  const what = to === from ? `the protected region, which a failover leaves` : 'no region of it';
  throw new LifeboatError('DR_REGION_UNKNOWN', `${service.name} cannot fail over to ${to}: that is ${what}`, {
    field: 'to',
    expected: recovery,
    actual: to,
    remedy: `--to ${recovery}`,
  });
}
