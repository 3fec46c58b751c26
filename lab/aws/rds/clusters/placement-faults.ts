import type { ClusterSettings } from './cluster-settings.ts';

export type PlacementFault =
  /** The next restore stands in AWS's default security group, whatever was asked for. */
  | { readonly kind: 'ignore-security-groups' }
  /** The next restore is encrypted with another key than asked for. */
  | { readonly kind: 'wrong-key'; readonly kmsKey: string };

/** How a restore does not become what was asked for: for tests of whether anybody looks. */
export class PlacementFaults {
  #pending: PlacementFault[] = [];

  get pending(): readonly PlacementFault[] {
    return this.#pending;
  }

  next(fault: PlacementFault): void {
    this.#pending.push(fault);
  }

  clear(): void {
    this.#pending = [];
  }

  /** What the next restore becomes. Spends every fault that is pending. */
  spoil(asked: ClusterSettings, defaultSecurityGroup: string): ClusterSettings {
    const pending = this.#pending.splice(0);
    const wrongKey = pending.find((fault) => fault.kind === 'wrong-key');
    const ignored = pending.some((fault) => fault.kind === 'ignore-security-groups');
    return {
      ...asked,
      ...(wrongKey && { kmsKey: wrongKey.kmsKey }),
      ...(ignored && { securityGroups: [defaultSecurityGroup] }),
    };
  }
}
