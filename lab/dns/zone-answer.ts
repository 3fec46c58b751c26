import type { Answer } from 'dns-packet';
import { recordAnswer, soaData } from './record-data.ts';
import { absoluteName, isInZone, type RecordSet } from './record-set.ts';
import { type DnsReply, RCODE, refused } from './reply.ts';

/** What one authoritative server believes at an instant. */
export interface ZoneView {
  readonly zoneName: string;
  readonly serial: number;
  readonly records: readonly RecordSet[];
  /** Verdict per health check id; a check that is not listed counts as healthy, as in Route 53. */
  readonly verdicts: ReadonlyMap<string, boolean>;
}

/** Longest chain of aliases followed inside the zone. */
const MAX_ALIASES = 8;

/** PRIMARY while it is healthy, else SECONDARY if that is, and PRIMARY again when nothing is healthy. */
export function failoverChoice(candidates: readonly RecordSet[], verdicts: ReadonlyMap<string, boolean>): RecordSet {
  const healthy = (record: RecordSet) =>
    record.healthCheckId === undefined || (verdicts.get(record.healthCheckId) ?? true);
  const primary = candidates.find((record) => record.failover === 'PRIMARY');
  const secondary = candidates.find((record) => record.failover === 'SECONDARY');
  return [primary, secondary].find((record) => record && healthy(record)) ?? primary ?? candidates[0]!;
}

/** The name itself, or the wildcard that stands for it; `null` when the name does not exist (RFC 4592). */
function owner(view: ZoneView, name: string): string | null {
  const exists = (candidate: string) =>
    view.records.some((record) => record.name === candidate || record.name.endsWith(`.${candidate}`));
  if (exists(name)) return name;
  let encloser = name;
  while (encloser !== view.zoneName && !exists(encloser)) encloser = encloser.slice(encloser.indexOf('.') + 1);
  const wildcard = `*.${encloser}`;
  return view.records.some((record) => record.name === wildcard) ? wildcard : null;
}

function answersFor(view: ZoneView, record: RecordSet, askedName: string): Answer[] {
  return record.values.map((value) => {
    const answer = recordAnswer(record.type, askedName, record.ttlSeconds, value);
    return answer.type === 'SOA' ? { ...answer, data: { ...answer.data, serial: view.serial } } : answer;
  });
}

/** Negative answers carry the SOA: its minimum says how long they may be remembered (RFC 2308). */
function negative(view: ZoneView, rcode: number, answers: readonly Answer[]): DnsReply {
  const soa = view.records.find((record) => record.type === 'SOA' && record.name === view.zoneName);
  const authorities = soa ? answersFor(view, soa, view.zoneName) : [];
  const ttl = soa ? Math.min(soa.ttlSeconds, soaData(soa.values[0]!).minimum ?? 0) : 0;
  return {
    rcode,
    authoritative: true,
    answers,
    authorities: authorities.map((answer) => (answer.type === 'SOA' ? { ...answer, ttl } : answer)),
  };
}

/** What a server with this view answers. Pure. Names outside the zone are refused. */
export function zoneAnswer(view: ZoneView, question: { readonly name: string; readonly type: string }): DnsReply {
  const answers: Answer[] = [];
  let askedName = question.name;
  for (let aliases = 0; aliases <= MAX_ALIASES; aliases += 1) {
    const name = absoluteName(askedName);
    if (!isInZone(name, view.zoneName)) {
      return answers.length > 0 ? { rcode: RCODE.noError, authoritative: true, answers, authorities: [] } : refused();
    }
    const found = owner(view, name);
    if (found === null) return negative(view, RCODE.nameError, answers);
    const here = view.records.filter((record) => record.name === found);
    const ofType = here.filter((record) => record.type === question.type);
    if (ofType.length > 0) {
      const chosen = ofType[0]!.failover === undefined ? ofType[0]! : failoverChoice(ofType, view.verdicts);
      answers.push(...answersFor(view, chosen, askedName));
      return { rcode: RCODE.noError, authoritative: true, answers, authorities: [] };
    }
    const aliasSets = here.filter((record) => record.type === 'CNAME');
    if (aliasSets.length === 0) return negative(view, RCODE.noError, answers);
    const alias = aliasSets[0]!.failover === undefined ? aliasSets[0]! : failoverChoice(aliasSets, view.verdicts);
    answers.push(...answersFor(view, alias, askedName));
    askedName = alias.values[0]!;
  }
  return { rcode: RCODE.serverFailure, authoritative: false, answers: [], authorities: [] };
}
