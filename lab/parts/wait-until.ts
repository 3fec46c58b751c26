/**
 * Asks until the answer is yes. A condition that throws counts as "not yet", and its message is told when time is up.
 * @param say what is waited for, for the error: `temporal answers on 127.0.9.60:20008`
 */
export async function waitUntil(
  say: string,
  condition: () => boolean | Promise<boolean>,
  options: { readonly timeoutMs: number; readonly everyMs?: number; readonly signal?: AbortSignal },
): Promise<void> {
  const until = performance.now() + options.timeoutMs;
  let last = '';
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      if (await condition()) return;
      last = '';
    } catch (caught) {
      last = caught instanceof Error ? ` (${caught.message})` : ` (${String(caught)})`;
    }
    if (performance.now() >= until) throw new Error(`waited ${options.timeoutMs} ms until ${say}${last}`);
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 25));
  }
}
