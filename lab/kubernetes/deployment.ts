import { randomUUID } from 'node:crypto';
import type { Region } from '../topology.ts';
import type { Scale } from './scale-change.ts';

/** Who really runs the pods. */
export interface PodController {
  scale(region: Region, replicas: number): void;
  status(region: Region): { replicas: number; ready: number; pids: readonly number[] };
}

/** The controller looks at a changed specification a moment later: until then the status speaks of the old one. */
const OBSERVED_AFTER_MS = 50;

/** One deployment of one region: specification here, status from the processes that really run. */
export class Deployment {
  readonly name: string;
  readonly namespace: string;
  readonly #region: Region;
  readonly #pods: PodController;
  readonly #uid = randomUUID();
  readonly #createdAt = new Date().toISOString().replace(/\.\d+/, '');
  /** `null` until somebody asks for a number: then it has as many as it was started with. */
  #asked: number | null = null;
  #generation = 1;
  #changedAt = Number.NEGATIVE_INFINITY;
  #version = 1;
  #lastSeen = '';

  constructor(of: { name: string; namespace: string; region: Region; pods: PodController }) {
    this.name = of.name;
    this.namespace = of.namespace;
    this.#region = of.region;
    this.#pods = of.pods;
  }

  get scale(): Scale {
    const { replicas } = this.#spec();
    return { name: this.name, replicas, resourceVersion: this.#resourceVersion() };
  }

  /** Takes a new number of replicas; the one it has already changes nothing, no version either. */
  change(replicas: number): void {
    if (replicas === this.#spec().replicas) return;
    this.#asked = replicas;
    this.#generation += 1;
    this.#version += 1;
    this.#changedAt = performance.now();
    this.#pods.scale(this.#region, replicas);
  }

  /** The `apps/v1` Deployment. Numbers that are 0 are left out of the status, as the API server does. */
  body(): object {
    const { replicas, ready } = this.#pods.status(this.#region);
    const wanted = this.#spec().replicas;
    const seen = performance.now() - this.#changedAt >= OBSERVED_AFTER_MS;
    const counts = {
      replicas,
      updatedReplicas: replicas,
      readyReplicas: ready,
      availableReplicas: ready,
      unavailableReplicas: Math.max(0, wanted - ready),
    };
    const labels = { app: this.name };
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...this.#metadata(), generation: this.#generation, labels },
      spec: {
        replicas: wanted,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: this.name, image: `lab.test/${this.name}:lab` }] },
        },
      },
      status: {
        observedGeneration: seen ? this.#generation : this.#generation - 1,
        ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)),
      },
    };
  }

  /** The `autoscaling/v1` Scale of it, as it is or, for a dry run, as it would be. */
  scaleBody(replicas = this.#spec().replicas): object {
    return {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: this.#metadata(),
      spec: replicas === 0 ? {} : { replicas },
      status: { replicas: this.#pods.status(this.#region).replicas, selector: `app=${this.name}` },
    };
  }

  #spec(): { readonly replicas: number } {
    return { replicas: this.#asked ?? this.#pods.status(this.#region).replicas };
  }

  #metadata(): object {
    const { name, namespace } = this;
    const resourceVersion = this.#resourceVersion();
    return { name, namespace, uid: this.#uid, resourceVersion, creationTimestamp: this.#createdAt };
  }

  /** Grows with every change of specification or status. */
  #resourceVersion(): string {
    const { replicas, ready } = this.#pods.status(this.#region);
    const seen = `${replicas} ${ready}`;
    if (seen !== this.#lastSeen) this.#version += 1;
    this.#lastSeen = seen;
    return String(this.#version);
  }
}
