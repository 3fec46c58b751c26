/** A refusal as the Kubernetes API words it: thrown by whoever finds it, sent as a `Status` object. */
export class StatusFailure extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: object | undefined;

  constructor(code: number, reason: string, message: string, details?: object) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  get body(): object {
    const { code, reason, message, details } = this;
    const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason };
    return details === undefined ? { ...status, code } : { ...status, details, code };
  }
}

export const unauthorized = () => new StatusFailure(401, 'Unauthorized', 'Unauthorized');

export const pathNotFound = () =>
  new StatusFailure(404, 'NotFound', 'the server could not find the requested resource', {});

export const deploymentNotFound = (name: string) =>
  new StatusFailure(404, 'NotFound', `deployments.apps "${name}" not found`, {
    name,
    group: 'apps',
    kind: 'deployments',
  });

export const methodNotAllowed = () =>
  new StatusFailure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export const conflict = (name: string) =>
  new StatusFailure(
    409,
    'Conflict',
    `Operation cannot be fulfilled on deployments.apps "${name}": the object has been modified; ` +
      'please apply your changes to the latest version and try again',
    { name, group: 'apps', kind: 'deployments' },
  );

export const unsupportedMediaType = (accepted: readonly string[]) =>
  new StatusFailure(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );

export const badRequest = (message: string) => new StatusFailure(400, 'BadRequest', message);

export const invalid = (name: string, field: string, message: string) =>
  new StatusFailure(422, 'Invalid', `Scale.autoscaling "${name}" is invalid: ${field}: ${message}`, {
    name,
    group: 'autoscaling',
    kind: 'Scale',
    causes: [{ reason: 'FieldValueInvalid', message, field }],
  });
