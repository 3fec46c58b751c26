import type { RDSClient } from '@aws-sdk/client-rds';
import type { Route53Client } from '@aws-sdk/client-route-53';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Call } from '../../domain/action.ts';
import type { Json } from '../../domain/json.ts';
import type { WatchSample } from '../../domain/watch-sample.ts';
import type { LeaseGrant, Writer } from '../../lease/lease-store.ts';

export type { WatchSample };

/** A Kubernetes deployment as far as capacity needs it. */
export interface DeploymentState {
  readonly name: string;
  readonly replicas: number;
  readonly readyReplicas: number;
  /** The controller has seen the newest specification. */
  readonly observed: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Everything an action may touch. In `observe` every mutating request is refused by the clients themselves; in `act`
 * everything is refused that the decision did not name. Each has a deadline and one retry policy per dependency and region.
 */
export interface Clients {
  rds(region: string): RDSClient;
  route53(): Route53Client;
  s3(region: string): S3Client;
  /** Scale and status of deployments in one region. */
  deployment(region: string, namespace: string, name: string): Promise<DeploymentState>;
  /** Runs read-only SQL in a read-only transaction with a deadline, on the region's own cluster endpoint. */
  query(
    region: string,
    sql: string,
    values?: readonly unknown[],
    timeoutMs?: number,
  ): Promise<readonly Record<string, unknown>[]>;
  /** A fresh connection to a pinned address, with the public name as Host; never follows a cached socket. */
  http(request: {
    readonly address: string;
    readonly port: number;
    readonly method: 'GET';
    readonly path: string;
    readonly host: string;
    readonly timeoutMs: number;
  }): Promise<HttpAnswer>;
  /** Addresses the configured resolvers give for a name, with their TTL; empty when none answers. */
  resolve(
    name: string,
  ): Promise<readonly { readonly address: string; readonly ttl: number; readonly resolver: string }[]>;
  /** Samples of every vantage whose request started at or after `sinceMs`, oldest first per vantage. */
  samples(service: string, sinceMs: number): Promise<readonly WatchSample[]>;
  /** The write lease: epoch, holder and the writers that take part. */
  lease(service: string): Promise<LeaseState>;
  /** Executes one named call through the capability that owns it. Only `act` may. */
  execute(call: Call, signal: AbortSignal): Promise<Json>;
}

/** The newest grant of the write lease, and everybody who takes part. */
export type LeaseState = LeaseGrant & { readonly writers: readonly Writer[] };
