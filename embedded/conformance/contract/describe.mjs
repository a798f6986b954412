// Prints the published protocol, one fact a line, for ContractTests to compare with our own descriptors.
// Messages and services of the packages named on the command line; type names without the leading dot.
import { createRequire } from 'node:module';

const require = createRequire(createRequire(import.meta.url).resolve('@temporalio/proto'));
const protobuf = require('protobufjs/light.js');
const root = require('./json-module.js').resolveAll();
const packages = process.argv.slice(2);
const name = (type) => type.fullName.slice(1);

function field(message, f) {
  const type = f.resolvedType ? name(f.resolvedType) : f.type;
  const label = f instanceof protobuf.MapField ? `map<${f.keyType}>` : f.repeated ? 'repeated' : f.proto3Optional || f.options?.proto3_optional ? 'optional' : 'single';
  const group = f.partOf && !f.partOf.isProto3Optional ? f.partOf.name : '-';
  return `field ${name(message)} ${f.id} ${f.name} ${label} ${type} ${group}`;
}

const lines = [];
function visit(node) {
  if (node instanceof protobuf.Type) {
    lines.push(`message ${name(node)}`, ...node.fieldsArray.map((f) => field(node, f.resolve())));
  } else if (node instanceof protobuf.Enum) {
    lines.push(`enum ${name(node)}`, ...Object.entries(node.values).map(([key, value]) => `value ${name(node)} ${value} ${key}`));
  } else if (node instanceof protobuf.Service) {
    lines.push(`service ${name(node)}`);
    for (const method of node.methodsArray) {
      const m = method.resolve();
      const streams = `${m.requestStream ? 'stream ' : ''}${name(m.resolvedRequestType)} -> ${m.responseStream ? 'stream ' : ''}${name(m.resolvedResponseType)}`;
      lines.push(`method ${name(node)} ${m.name} ${streams}`);
    }
  }
  for (const child of node.nestedArray ?? []) visit(child);
}

for (const path of packages) {
  const node = root.lookup(path);
  if (!node) throw new Error(`@temporalio/proto has no package ${path}`);
  visit(node);
}
console.log(lines.join('\n'));
