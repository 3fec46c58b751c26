import type { BookingRequest } from './bookings.ts';

/** Parses the body of `POST /bookings`; the text says which field is wrong and what it must be. */
export function parseBookingRequest(body: string): BookingRequest | { readonly wrong: string } {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(body) as Record<string, unknown>;
  } catch {
    return { wrong: 'the body must be JSON' };
  }
  if (typeof fields !== 'object' || fields === null) return { wrong: 'the body must be a JSON object' };
  const { id, practitioner, slot, vantage, number, canary } = fields;
  if (typeof id !== 'string' || id === '' || id.length > 200) return { wrong: 'id must be 1–200 characters of text' };
  if (typeof practitioner !== 'string' || practitioner === '') return { wrong: 'practitioner must be text' };
  if (number !== undefined && !Number.isSafeInteger(number)) return { wrong: 'number must be a whole number' };
  if (slot !== undefined && !(typeof slot === 'string' && Number.isFinite(Date.parse(slot)))) {
    return { wrong: 'slot must be a time in ISO 8601' };
  }
  if (vantage !== undefined && typeof vantage !== 'string') return { wrong: 'vantage must be text' };
  if (canary !== undefined && typeof canary !== 'boolean') return { wrong: 'canary must be true or false' };
  return {
    id,
    practitioner,
    slot: slot ?? null,
    vantage: vantage ?? null,
    number: (number as number | undefined) ?? null,
    canary: canary ?? false,
  };
}
