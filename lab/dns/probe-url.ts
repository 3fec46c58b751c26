import { get } from 'node:http';

export interface ProbeResult {
  readonly at: Date;
  readonly succeeded: boolean;
  /** As Route 53 words it in a status report. */
  readonly says: string;
}

/** One GET on a fresh connection from a given source address. A status of 2xx or 3xx in time is success. Never rejects. */
export function probeUrl(request: {
  readonly url: string;
  readonly localAddress: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}): Promise<ProbeResult> {
  const at = new Date();
  const deadline = AbortSignal.timeout(request.timeoutMs);
  return new Promise((resolve) => {
    const failure = (says: string) => resolve({ at, succeeded: false, says: `Failure: ${says}` });
    const signal = AbortSignal.any([deadline, request.signal]);
    // `agent: false`: a kept-alive connection to a dead region would go on lying.
    get(request.url, { localAddress: request.localAddress, agent: false, signal }, (response) => {
      const status = response.statusCode ?? 0;
      const says = `HTTP Status Code ${status}, ${response.statusMessage}`;
      response.on('error', () => {});
      response.resume();
      if (status >= 200 && status < 400) resolve({ at, succeeded: true, says: `Success: ${says}` });
      else failure(says);
    }).on('error', (error) =>
      failure(deadline.aborted ? `no answer within ${request.timeoutMs} ms` : `connection failed: ${error.message}`),
    );
  });
}
