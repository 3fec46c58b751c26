/**
 * Calls `tick` at origin + n × interval, however long a tick's own work takes: never later for having been late. Slots missed
 * altogether (a stopped process) are left out, not made up for in a burst.
 * @returns stops it.
 */
export function atFixedRate(intervalMs: number, tick: () => void): () => void {
  const origin = performance.now();
  let slot = 0;
  let timer = setTimeout(fire, 0);

  function fire(): void {
    const passed = Math.floor((performance.now() - origin) / intervalMs);
    slot = Math.max(slot, passed) + 1;
    timer = setTimeout(fire, Math.max(0, origin + slot * intervalMs - performance.now()));
    tick();
  }

  return () => clearTimeout(timer);
}
