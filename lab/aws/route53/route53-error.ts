/** An error as AWS answers it. */
export class Route53Error extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'Route53Error';
    this.status = status;
    this.code = code;
  }
}

export const noSuchHostedZone = (id: string): Route53Error =>
  new Route53Error(404, 'NoSuchHostedZone', `No hosted zone found with ID: ${id}`);

export const noSuchHealthCheck = (id: string): Route53Error =>
  new Route53Error(404, 'NoSuchHealthCheck', `A health check with id ${id} does not exist.`);

export const invalidInput = (message: string): Route53Error =>
  new Route53Error(400, 'InvalidInput', `Invalid request: ${message}`);
