import type { KMSClient } from '@aws-sdk/client-kms';
import type { RDSClient } from '@aws-sdk/client-rds';
import type { Route53Client } from '@aws-sdk/client-route-53';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Call } from '../../domain/action.ts';
import type { ExecutionOutcome } from '../../domain/execution.ts';
import type { Json } from '../../domain/json.ts';
import type { MeasuredRestore } from '../../domain/objective.ts';
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

/** One statement, with its values. */
export interface Statement {
  readonly sql: string;
  readonly values?: readonly unknown[];
  /**
   * Asked together with others: what the database has against it stands in place of its rows (`failureIn` tells), and the
   * others are still asked.
   */
  readonly mayFail?: boolean;
}

export type Rows = readonly Record<string, unknown>[];

/** What applying a stack would do, as the binary's own plan says. */
export interface InfrastructurePlan {
  /** SHA-256 of the plan's changes: an apply names the plan it was decided on. */
  readonly digest: string;
  readonly changes: readonly {
    readonly address: string;
    readonly type: string;
    readonly actions: readonly ('create' | 'update' | 'delete' | 'forget' | 'read' | 'no-op')[];
  }[];
  /** Where the state stands: `local`, or a remote kind and the region its configuration names; and whether it is locked while in use. */
  readonly backend: { readonly kind: string; readonly region: string | null; readonly locks: boolean };
  /** Outputs that are not sensitive, as JSON text; of the state as it is. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** How one execution of a declared schedule ended. */
export interface PastDrill {
  readonly schedule: string;
  readonly endedAt: string;
  readonly outcome: ExecutionOutcome;
}

/** Whether an execution still runs. `unknown`: neither the ledger nor Temporal has heard of it. */
export type ExecutionLife = 'running' | 'ended' | 'unknown';

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
  /** Names of the disruption budgets that cover a deployment's pods; empty when none does. */
  disruptionBudgets(region: string, namespace: string, name: string): Promise<readonly string[]>;
  /** Runs read-only SQL in a read-only transaction with a deadline, on the region's own cluster endpoint. */
  query(
    region: string,
    sql: string,
    values?: readonly unknown[],
    timeoutMs?: number,
  ): Promise<readonly Record<string, unknown>[]>;
  /**
   * Several statements in one read-only transaction, so that all see the same instant, that of the first; on the endpoint of any
   * cluster of a region, by its identifier. The deadline is for all of them together, and what outlives it is not asked again.
   */
  queryTogether(
    at: { readonly region: string; readonly cluster: string },
    statements: readonly Statement[],
    timeoutMs: number,
  ): Promise<readonly Rows[]>;
  kms(region: string): KMSClient;
  /** What a stack's binary says that applying it would do. Takes as long as the providers take to answer. */
  planInfrastructure(
    folder: string,
    variables: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<InfrastructurePlan>;
  /** Measured restores of earlier executions of a service in this environment, newest first. */
  pastRestores(service: string): Promise<readonly MeasuredRestore[]>;
  executionLife(executionId: string): Promise<ExecutionLife>;
  /** Executions that declared schedules of a service started and that have ended, newest first. */
  drillHistory(service: string): Promise<readonly PastDrill[]>;
  /** Whether the evidence store takes entries, found out without writing one. */
  evidenceWritable(): Promise<boolean>;
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
