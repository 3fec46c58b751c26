/** What a cluster's, an instance's or a snapshot's status says about what may be done with it. AWS adds words: unknown ones count as settled. */

/** It has come to nothing and will not recover by waiting. */
export const isBroken = (status: string | undefined): boolean =>
  status !== undefined && (/^(incompatible-|inaccessible-)|failed$/.test(status) || isGoing(status));

export const isGoing = (status: string | undefined): boolean => status === 'deleting' || status === 'deleted';

/** Something is being done to it: RDS refuses everything else meanwhile. `creating`, `backing-up`, `configuring-log-exports`. */
export const isBusy = (status: string | undefined): boolean =>
  status !== undefined && (/^[a-z]+ing(-|$)/.test(status) || status === 'maintenance' || status === 'delete-precheck');
