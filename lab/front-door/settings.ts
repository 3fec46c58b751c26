/** The one argument of the process, as JSON. */
export interface FrontDoorSettings {
  readonly region: string;
  /** Hidden address: the public one is a link in front of it. */
  readonly host: string;
  readonly port: number;
  /** Every address a pod of the region may ever listen on. */
  readonly pods: { readonly host: string; readonly portsFrom: number; readonly count: number };
  /** Source of connections to pods: the region's own. */
  readonly localAddress: string;
  readonly logLevel?: string;
}
