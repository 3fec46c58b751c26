import type { Call } from '../../domain/action.ts';

/** The one call that changes a deployment's replicas. */
export const scaleCall = (
  region: string,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  from: number,
  replicas: number,
): Call => ({
  service: 'eks',
  operation: 'PatchDeploymentScale',
  region,
  target: `${name} ${from} → ${replicas} in ${region}`,
  input: { namespace, name, from, replicas },
});
