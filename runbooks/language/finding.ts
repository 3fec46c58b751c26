/** One thing wrong with a runbook. */
export interface Finding {
  /** Id of the rule it breaks. */
  readonly rule: string;
  /** Step or gate it concerns; `null` for the runbook as a whole. */
  readonly node: string | null;
  /** What is wrong, with the values at hand, and what to do. */
  readonly says: string;
}

/** `shift-traffic: nothing probes … (traffic-after-probe)`: how findings are printed. */
export const findingText = ({ rule, node, says }: Finding): string => `${node ?? 'the runbook'}: ${says} (${rule})`;
