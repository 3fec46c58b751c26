import type { Endpoint, Region } from '../../topology.ts';

/** The part of the global database that the control plane steers. `GlobalDatabase` fits it. */
export interface ManagedDatabase {
  /** Region whose instance takes writes now: the twin never keeps a copy of this fact. */
  readonly writer: Region;
  instance(region: Region): { readonly alive: boolean; readonly hidden: Endpoint };
  promote(region: Region): Promise<void>;
  switchover(to: Region): Promise<void>;
  streaming(region: Region): Promise<boolean>;
}
