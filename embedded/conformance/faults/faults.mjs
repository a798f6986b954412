// Proves that the scenarios can fail: each deliberate fault of faults.json must turn one of its scenarios red.
//   node faults/faults.mjs [--only NAME]... [--keep]
// All faults are built into one server, in a scratch git worktree of HEAD, each behind a switch that an environment variable turns on:
// one build serves them all. Without a fault every named scenario must be green; with it, red (or still waiting after PATIENCE).
// Needs git, dotnet and the npm packages; --tree names a kept tree to use again.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundle } from '../scenarios/environment.mjs';

const conformance = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({ options: { only: { type: 'string', multiple: true }, keep: { type: 'boolean' }, tree: { type: 'string' } } });
const faults = JSON.parse(readFileSync(new URL('faults.json', import.meta.url), 'utf8')).filter(({ name }) => options.only?.includes(name) ?? true);
const PATIENCE = 60_000;
const LANES = 4;

const root = execFileSync('git', ['rev-parse', '--show-toplevel'], { cwd: conformance, encoding: 'utf8' }).trim();
const tree = options.tree ?? mkdtempSync(join(tmpdir(), 'faults-'));
const server = join(tree, 'embedded', 'Temporal.Server');

/** Puts every fault into the sources, behind its switch. */
function plant() {
  writeFileSync(join(server, 'FaultSwitch.cs'), `namespace Temporal.Server;

internal static class FaultSwitch
{
    private static readonly string? Name = Environment.GetEnvironmentVariable("TEMPORAL_FAULT");

    public static bool On(string name) => Name == name;
}
`);
  for (const { name, file, find, expression = find, replace } of faults) {
    const path = join(server, file);
    const source = readFileSync(path, 'utf8');
    if (source.split(find).length !== 2) throw new Error(`${name}: ${file} must have this exactly once: ${find}`);
    const planted = expression.endsWith(';')
      ? `if (FaultSwitch.On("${name}")) { ${replace} } else { ${expression} }`
      : `(FaultSwitch.On("${name}") ? (${replace}) : (${expression}))`;
    writeFileSync(path, source.replace(find, () => find.replace(expression, () => planted)));
  }
}

function build() {
  const command = ['build', server, '-c', 'Release', '--nologo', '-v', 'quiet', '-p:RunAnalyzers=false', '-p:TreatWarningsAsErrors=false', '-p:UseSharedCompilation=true'];
  execFileSync('dotnet', command, { stdio: ['ignore', 'inherit', 'inherit'] });
}

const binary = join(server, 'bin', 'embedded', 'Release', 'net10.0', process.platform === 'win32' ? 'Temporal.Server.exe' : 'Temporal.Server');

/** Runs the named scenarios on a server with (or without) a fault: 'red', or how many were green. */
async function run(scenarios, suite, fault, patience) {
  const environment = { ...process.env, WORKFLOW_BUNDLE: bundled, TEMPORAL_FAULT: fault ?? '', TEMPORAL_SERVER_EXECUTABLE: binary };
  const own = suite === 'conformance.test.mjs' ? spawn(binary, ['server', 'start-dev', '--port', '0', '--search-attribute', 'CustomCity=Keyword'], { env: environment, stdio: ['ignore', 'pipe', 'ignore'] }) : undefined;
  try {
    if (own) Object.assign(environment, await addressesOf(own));
    const patterns = scenarios.map((scenario) => `--test-name-pattern=/${scenario.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}$/`);
    const test = spawn(process.execPath, ['--test', '--test-reporter=tap', ...patterns, suite], { cwd: conformance, env: environment, stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    let output = '';
    test.stdout.on('data', (chunk) => (output += chunk));
    // The runner and the process of each file that it runs.
    const timer = setTimeout(() => process.kill(-test.pid, 'SIGKILL'), patience);
    const code = await new Promise((resolve) => test.on('close', resolve));
    clearTimeout(timer);
    const red = output.split('\n').filter((line) => /^\s*not ok/.test(line));
    return code === 0 ? { green: Number(/^# pass (\d+)/m.exec(output)[1]) } : { red: red.length > 0 ? red.map((line) => line.trim()).join('; ') : 'waits' };
  } finally {
    own?.kill('SIGKILL');
  }
}

async function addressesOf(started) {
  const addresses = {};
  for await (const line of createInterface({ input: started.stdout })) {
    addresses.TEMPORAL_ADDRESS ??= /ready on ([^ ]+:\d+)/.exec(line)?.[1];
    addresses.TEMPORAL_UI_ADDRESS ??= /Web UI.*http:\/\/([^/]+)/.exec(line)?.[1];
    if (addresses.TEMPORAL_ADDRESS && addresses.TEMPORAL_UI_ADDRESS) return addresses;
  }
  throw new Error('the server ended before it was ready');
}

const suiteOf = ({ suite = 'conformance.test.mjs' }) => suite;

/** Every scenario that a fault names exists and is green without faults. */
async function requireGreen() {
  for (const suite of new Set(faults.map(suiteOf))) {
    const scenarios = [...new Set(faults.filter((fault) => suiteOf(fault) === suite).flatMap((fault) => fault.scenarios))];
    const { green, red } = await run(scenarios, suite, undefined, 10 * PATIENCE);
    if (red) throw new Error(`${suite} is red without any fault: ${red}`);
    if (green < scenarios.length) throw new Error(`${suite} has only ${green} of the ${scenarios.length} scenarios that the faults name`);
    console.log(`${suite}: ${green} scenarios are green without faults`);
  }
}

async function lane(queue, survivors) {
  for (let fault = queue.shift(); fault; fault = queue.shift()) {
    const { green, red } = await run(fault.scenarios, suiteOf(fault), fault.name, PATIENCE);
    if (green) survivors.push(fault.name);
    console.log(`${green ? 'SURVIVED' : 'red'}\t${fault.name}: ${fault.feature}${red === 'waits' ? ' (its scenario waits for ever)' : ''}`);
  }
}

let bundled;
const survivors = [];
try {
  if (!options.tree) {
    execFileSync('git', ['worktree', 'add', '--detach', '--force', tree, 'HEAD'], { cwd: root, stdio: 'ignore' });
    plant();
    build();
  }
  bundled = join(server, 'workflow-bundle.js');
  writeFileSync(bundled, (await bundle()).code);
  await requireGreen();
  const queue = [...faults];
  await Promise.all(Array.from({ length: LANES }, () => lane(queue, survivors)));
} finally {
  if (!options.tree && !options.keep) execFileSync('git', ['worktree', 'remove', '--force', tree], { cwd: root, stdio: 'ignore' });
  else console.log(`kept: --tree ${tree}`);
}
console.log(`${faults.length - survivors.length} of ${faults.length} faults turn their scenarios red. ${survivors.length > 0 ? `Survived: ${survivors.join(', ')}` : ''}`);
process.exit(survivors.length === 0 ? 0 : 1);
