import type { DependencyPolicies, DependencyPolicy } from './dependency-policy.ts';
import type { SqlAddress } from './sql-client.ts';

/** Finding the endpoint, connecting, and one short query or what a longer one needs beside its own deadline. */
const SQL_MS = 8_000;

/** One policy per cluster: a restored one that does not answer yet must not silence the service's own. */
export const sqlPolicy = (
  policies: DependencyPolicies,
  { region, cluster }: SqlAddress,
  timeoutMs = 0,
): DependencyPolicy => policies.for('sql', cluster ? `${region}/${cluster}` : region, SQL_MS + timeoutMs);
