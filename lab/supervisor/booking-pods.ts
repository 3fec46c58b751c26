import { get } from 'node:http';
import { PODS_PER_REGION } from '../parts/ports.ts';
import { addressIn, type Endpoint, HOST, REGIONS, type Region } from '../topology.ts';
import type { ProcessPart } from './process-part.ts';

interface Pod {
  readonly index: number;
  readonly at: Endpoint;
  readonly part: ProcessPart;
  ready: boolean;
  /** Waits for its node and its image; absent once the process was started. */
  pending?: NodeJS.Timeout;
}

export interface BookingPodsOptions {
  readonly firstPort: number;
  /** Milliseconds a new pod takes before its process starts. */
  readonly podStartMs: () => number;
  readonly partOf: (region: Region, index: number, at: Endpoint) => ProcessPart;
  /** Called when pods come or go, so that the list of parts can follow. */
  readonly changed: (region: Region, parts: readonly ProcessPart[]) => void;
  readonly say: (line: string) => void;
}

const LOOK_EVERY_MS = 100;

/**
 * What a Kubernetes deployment does, over real processes of the booking service: scale brings pods or ends them, ready
 * follows `/readyz`. A pod that died stays dead and is shown so; the next scale replaces it.
 */
export class BookingPods {
  readonly #options: BookingPodsOptions;
  readonly #pods: Readonly<Record<Region, Map<number, Pod>>> = { 'eu-west-1': new Map(), 'eu-west-3': new Map() };
  readonly #wanted: Record<Region, number> = { 'eu-west-1': 0, 'eu-west-3': 0 };
  readonly #looking: NodeJS.Timeout;

  constructor(options: BookingPodsOptions) {
    this.#options = options;
    this.#looking = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  /** Pods that are simply there when the lab starts: started at once. */
  async begin(region: Region, replicas: number): Promise<void> {
    this.#wanted[region] = replicas;
    await Promise.all(Array.from({ length: replicas }, (_, index) => this.#add(region, index).part.start()));
  }

  scale(region: Region, replicas: number): void {
    const pods = this.#pods[region];
    this.#wanted[region] = Math.min(Math.max(0, replicas), PODS_PER_REGION);
    this.#options.say(`booking in ${region}: ${pods.size} → ${this.#wanted[region]} replicas`);
    for (const pod of pods.values()) {
      if (pod.index >= this.#wanted[region]) void this.#end(region, pod);
      else if (pod.part.state() === 'ended' && !pod.pending) this.#schedule(pod);
    }
    for (let index = 0; index < this.#wanted[region]; index += 1) {
      if (!pods.has(index)) this.#schedule(this.#add(region, index));
    }
  }

  status(region: Region): { replicas: number; ready: number; pids: readonly number[] } {
    const pods = [...this.#pods[region].values()];
    return {
      replicas: this.#wanted[region],
      ready: pods.filter((pod) => pod.ready && pod.part.state() === 'running').length,
      pids: pods.map((pod) => pod.part.pid()).filter((pid) => pid !== null),
    };
  }

  /** Pods whose process runs, first ones first. */
  running(region: Region): readonly { readonly part: ProcessPart; readonly at: Endpoint }[] {
    return [...this.#pods[region].values()].filter((pod) => pod.part.state() === 'running');
  }

  /** No pod of the region starts or counts as ready any more; returns those whose processes are to be killed. */
  giveUp(region: Region): readonly ProcessPart[] {
    const pods = [...this.#pods[region].values()];
    for (const pod of pods) {
      clearTimeout(pod.pending);
      delete pod.pending;
      pod.ready = false;
    }
    return pods.map((pod) => pod.part);
  }

  async stop(): Promise<void> {
    clearInterval(this.#looking);
    const all = REGIONS.flatMap((region) => [...this.#pods[region].values()]);
    for (const pod of all) clearTimeout(pod.pending);
    await Promise.all(all.map((pod) => pod.part.stop()));
  }

  #add(region: Region, index: number): Pod {
    const at = { host: addressIn(region, HOST.pods), port: this.#options.firstPort + index };
    const pod: Pod = { index, at, ready: false, part: this.#options.partOf(region, index, at) };
    this.#pods[region].set(index, pod);
    this.#options.changed(region, this.#partsOf(region));
    return pod;
  }

  #schedule(pod: Pod): void {
    pod.pending = setTimeout(() => {
      delete pod.pending;
      pod.part.start().catch((error: Error) => this.#options.say(`${pod.part.name} did not start: ${error.message}`));
    }, this.#options.podStartMs());
  }

  async #end(region: Region, pod: Pod): Promise<void> {
    clearTimeout(pod.pending);
    this.#pods[region].delete(pod.index);
    await pod.part.stop();
    this.#options.changed(region, this.#partsOf(region));
  }

  #partsOf(region: Region): readonly ProcessPart[] {
    return [...this.#pods[region].values()].map((pod) => pod.part);
  }

  #look(): void {
    for (const region of REGIONS) {
      for (const pod of this.#pods[region].values()) {
        if (pod.part.state() === 'running') void isReady(pod.at).then((ready) => (pod.ready = ready));
        else pod.ready = false;
      }
    }
  }
}

function isReady(at: Endpoint): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ ...at, path: '/readyz', agent: false, timeout: 1_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}
