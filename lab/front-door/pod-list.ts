import { request } from 'node:http';
import { connect } from 'node:net';
import type { FrontDoorSettings } from './settings.ts';

const CHECK_EVERY_MS = 200;
const CHECK_DEADLINE_MS = 600;
/** One missed check may be a busy machine; a refused connection is a pod that is gone and counts at once. */
const MISSES_ALLOWED = 1;

export interface Pod {
  readonly port: number;
  ready: boolean;
  misses: number;
  checking: boolean;
  /** Nobody listened there last time: most ports of a region never have a pod, so those are asked the cheap way. */
  gone: boolean;
}

/** Which pods of the region are ready, found out by asking each five times a second. */
export class PodList {
  readonly #settings: FrontDoorSettings;
  readonly #pods: readonly Pod[];
  #next = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: FrontDoorSettings) {
    this.#settings = settings;
    const { portsFrom, count } = settings.pods;
    const ports = Array.from({ length: count }, (_, index) => portsFrom + index);
    this.#pods = ports.map((port) => ({ port, ready: false, misses: 0, checking: false, gone: true }));
  }

  start(): void {
    const round = () => {
      for (const pod of this.#pods) if (!pod.checking) void this.#check(pod);
    };
    round();
    this.#timer = setInterval(round, CHECK_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  get ready(): readonly Pod[] {
    return this.#pods.filter((pod) => pod.ready);
  }

  /** Ready pods, each once, beginning with the one whose turn it is. */
  inTurn(): readonly Pod[] {
    const { ready } = this;
    const from = ready.length === 0 ? 0 : this.#next++ % ready.length;
    return [...ready.slice(from), ...ready.slice(0, from)];
  }

  /** Takes a pod out until its next good check. */
  eject(pod: Pod): void {
    pod.ready = false;
    pod.misses = MISSES_ALLOWED + 1;
  }

  async #check(pod: Pod): Promise<void> {
    pod.checking = true;
    const verdict = pod.gone && !(await this.#listens(pod.port)) ? 'gone' : await this.#ask(pod.port);
    pod.checking = false;
    pod.gone = verdict === 'gone';
    pod.misses = verdict === 'ready' ? 0 : pod.misses + 1;
    if (verdict === 'ready') pod.ready = true;
    else if (verdict === 'gone' || pod.misses > MISSES_ALLOWED) pod.ready = false;
  }

  #listens(port: number): Promise<boolean> {
    const { pods, localAddress } = this.#settings;
    return new Promise((resolve) => {
      const socket = connect({ host: pods.host, port, localAddress });
      const end = (listens: boolean) => {
        socket.destroy();
        resolve(listens);
      };
      socket.once('connect', () => end(true)).once('error', () => end(false));
    });
  }

  #ask(port: number): Promise<'ready' | 'not ready' | 'gone'> {
    const { pods, localAddress } = this.#settings;
    return new Promise((resolve) => {
      const asked = request({ host: pods.host, port, path: '/readyz', localAddress, agent: false });
      const deadline = setTimeout(() => asked.destroy(new Error('late')), CHECK_DEADLINE_MS);
      asked.once('response', (response) => {
        response.resume();
        resolve(response.statusCode === 200 ? 'ready' : 'not ready');
      });
      asked.once('error', (error: NodeJS.ErrnoException) =>
        resolve(error.code === 'ECONNREFUSED' ? 'gone' : 'not ready'),
      );
      asked.once('close', () => clearTimeout(deadline));
      asked.end();
    });
  }
}
