/** Every workflow type a worker serves. Only workflows are exported here: the bundle's entry. */
export { regionFailover } from './region-failover.ts';
