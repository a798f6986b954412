// A history as text, one event a line, with what Temporal's semantics fix and without what differs from run to run (README.md has the format).
import { readFileSync } from 'node:fs';
import proto from '@temporalio/proto';

const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const { History } = proto.temporal.api.history.v1;
const { events: eventAttributes, failures: failureAttributes, enumPrefixes } = JSON.parse(readFileSync(new URL('attributes.json', import.meta.url), 'utf8'));

/** The lines of one run. `workflowId` is the scenario's own id: it and what is made from it appear as <workflow>…. */
export function normalise(history, workflowId) {
  const { events } = History.toObject(History.fromObject(history), { enums: String, longs: String, bytes: String });
  return events.map((event) => line(event).replaceAll(workflowId, '<workflow>').replaceAll(uuid, '<uuid>'));
}

function line(event) {
  const type = event.eventType.replace('EVENT_TYPE_', '').replace(/([A-Z])([A-Z]*)_?/g, (_, first, rest) => first + rest.toLowerCase());
  const paths = eventAttributes[type];
  if (!paths) throw new Error(`attributes.json says nothing of ${type}`);
  const attributes = event[`${type[0].toLowerCase()}${type.slice(1)}EventAttributes`] ?? {};
  return [event.eventId, type, ...fields(attributes, paths)].join(' ');
}

function fields(holder, paths) {
  return paths.flatMap((entry) => {
    const path = entry.replace('?', '');
    const value = path.split('.').reduce((at, name) => at?.[name], holder);
    const text = isDefault(value) ? undefined : entry === path ? render(value) : 'yes';
    return text === undefined ? [] : [`${path}=${text}`];
  });
}

/** A default value may be told or left out, and a result of nothing may be no payload or one that is null; here they are always left out. */
function isDefault(value) {
  return value === undefined || value === null || value === '' || value === 0 || value === '0' || value === false
    || (Array.isArray(value) && value.length === 0) || (typeof value === 'string' && value.endsWith('_UNSPECIFIED'))
    || (value.payloads?.length === 1 && payload(value.payloads[0]) === 'null')
    || (value.constructor === Object && Object.values(value).every((part) => part === 0 || part === '0'));
}

function render(value) {
  if (typeof value === 'string') return scalar(value);
  if (typeof value !== 'object') return `${value}`;
  if (Array.isArray(value)) return `[${value.map(render).join(',')}]`;
  if (Array.isArray(value.payloads)) return `[${value.payloads.map(payload).join(',')}]`;
  if (value.metadata) return payload(value);
  if (value.seconds !== undefined || value.nanos !== undefined) return `${Number(value.seconds ?? 0) * 1000 + (value.nanos ?? 0) / 1e6}ms`;
  const kind = Object.keys(failureAttributes).find((name) => value[name]);
  if (kind) return failure(value, kind);
  return `{${Object.keys(value).sort().map((name) => `${name}:${render(value[name])}`).join(',')}}`;
}

function scalar(text) {
  const prefix = enumPrefixes.find((candidate) => text.startsWith(candidate));
  if (prefix) return text.slice(prefix.length);
  return /^[^\s"\[\](){},=]+$/.test(text) ? text : JSON.stringify(text);
}

function payload({ metadata, data }) {
  if (Buffer.from(metadata.encoding, 'base64').toString() === 'binary/null') return 'null';
  return JSON.stringify(JSON.parse(Buffer.from(data, 'base64').toString()));
}

/** Of a message only what a workflow or an activity wrote is told: the words of the servers and SDKs are their own. */
function failure(value, kind) {
  const inner = fields(value[kind], failureAttributes[kind]);
  if (kind === 'applicationFailureInfo') inner.push(`message=${JSON.stringify(value.message)}`);
  const cause = isDefault(value.cause) ? '' : ` <- ${render(value.cause)}`;
  return `${kind.replace('FailureInfo', '')}(${inner.join(' ')})${cause}`;
}
