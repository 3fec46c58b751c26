/** A refusal in AWS's own words: the code clients see on the wire, and the HTTP status it travels with. */
export class QueryFault extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'QueryFault';
    this.code = code;
    this.status = status;
  }
}

/** Codes every Query service shares (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html). */
export const missingParameter = (name: string): QueryFault =>
  new QueryFault('MissingParameter', `The request must contain the parameter ${name}.`);
export const invalidValue = (message: string): QueryFault => new QueryFault('InvalidParameterValue', message);
export const invalidCombination = (message: string): QueryFault =>
  new QueryFault('InvalidParameterCombination', message);
