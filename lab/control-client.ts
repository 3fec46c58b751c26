import { request } from 'node:http';
import { type ErrorShape, LifeboatError } from '../domain/errors.ts';
import { runningSupervisor, type SupervisorRecord } from './supervisor/folder-lock.ts';
import { endpoints } from './topology.ts';

/** Longest an order may take: copying two databases is the slowest. */
const DEADLINE_MS = 60_000;

function notRunning(dir: string): LifeboatError {
  return new LifeboatError('DR_LAB_NOT_RUNNING', `No lab runs in ${dir}.`, {
    field: '--dir',
    expected: 'the folder of a running lab',
    actual: dir,
  });
}

/** The lab that runs in the folder; throws `DR_LAB_NOT_RUNNING`. */
export function findLab(dir: string): SupervisorRecord & { readonly basePort: number } {
  const record = runningSupervisor(dir);
  if (!record || record.basePort === null) throw notRunning(dir);
  return { ...record, basePort: record.basePort };
}

/** One order to a lab's supervisor; its errors come back as they were thrown there. */
export function order<T>(
  basePort: number,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<T> {
  const { control } = endpoints(basePort);
  return new Promise((resolve, reject) => {
    const sent = request(
      { ...control, method, path, agent: false, headers: { 'content-type': 'application/json' }, timeout: DEADLINE_MS },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => {
          const answer = JSON.parse(text || '{}') as T & { readonly error?: ErrorShape };
          if (answer.error) reject(LifeboatError.of(answer.error));
          else resolve(answer);
        });
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer in ${DEADLINE_MS} ms`)));
    sent.on('error', (error: Error) =>
      reject(
        new LifeboatError(
          'DR_LAB_NOT_RUNNING',
          `The lab’s supervisor does not answer on ${control.host}:${control.port}: ${error.message}`,
          {
            field: '--dir',
          },
        ),
      ),
    );
    sent.end(body === undefined ? '' : JSON.stringify(body));
  });
}
