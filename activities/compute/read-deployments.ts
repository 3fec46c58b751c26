import { LifeboatError } from '../../domain/errors.ts';
import { providerName } from '../clients/call-failure.ts';
import type { Clients, DeploymentState } from '../clients/clients.ts';

interface Named {
  readonly namespace: string;
  readonly name: string;
}

/** Every deployment asked for, as its cluster tells it. A missing one is `DR_COMPUTE_NOT_READY`. */
export function readDeployments<Target extends Named>(
  clients: Clients,
  region: string,
  targets: readonly Target[],
): Promise<readonly (DeploymentState & Target)[]> {
  return Promise.all(
    targets.map(async (target) => {
      try {
        return { ...target, ...(await clients.deployment(region, target.namespace, target.name)) };
      } catch (caught) {
        if (providerName(caught) !== '404') throw caught;
        throw new LifeboatError(
          'DR_COMPUTE_NOT_READY',
          `${region} has no deployment ${target.namespace}/${target.name}`,
          {
            field: target.name,
            expected: `${target.namespace}/${target.name}`,
            actual: null,
            retryable: false,
          },
        );
      }
    }),
  );
}
