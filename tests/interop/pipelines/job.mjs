// Runs the shell steps of one job of a pipeline for real, as its service would: variables, outputs, conditions and exit codes are those of GitHub Actions and Azure Pipelines.
// Steps that fetch the tool are left out: 'safedb' is on PATH. Actions and tasks (checkout, upload) are not steps of a shell and are left out too.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Runs a job. given: { secrets, vars, inputs, port, folder }. Gives { succeeded, steps: [{ name, outcome, output, exitCode }] }. */
export function runJob(file, name, given) {
  const pipeline = parse(readFileSync(file, 'utf8'));
  const azure = Array.isArray(pipeline.jobs);
  const job = azure ? pipeline.jobs.find(job => (job.job ?? job.deployment) === name) : pipeline.jobs[name];
  const state = { failed: false, steps: {}, variables: azure ? azureVariables(pipeline, given) : {}, env: {} };
  const results = [];
  for (const step of job.steps ?? job.strategy.runOnce.deploy.steps) {
    const script = step.run ?? step.bash;
    if (!script || script.startsWith('dotnet tool install')) continue;
    const label = step.name ?? step.displayName;
    if (!applies(step.if ?? step.condition, azure, state, given)) {
      results.push({ name: label, outcome: 'skipped', output: '' });
      continue;
    }

    const done = azure ? runAzure(script, step.env ?? {}, state, given) : runGitHub(script, { ...job.env, ...step.env }, state, given);
    const outcome = done.status === 0 ? 'success' : 'failure';
    state.failed ||= outcome === 'failure';
    if (step.id) state.steps[step.id] = { ...state.steps[step.id], outcome, outputs: done.outputs ?? {} };
    results.push({ name: label, outcome, output: done.stdout + done.stderr, exitCode: done.status });
  }

  return { succeeded: !state.failed, steps: results, summary: join(given.folder, 'summary.md') };
}

function shell(script, args, env, given) {
  // The service container of the pipelines listens on the usual port; this cluster has one of its own.
  const here = text => text.replaceAll('@localhost/', `@localhost:${given.port}/`);
  const values = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, here(String(value))]));
  return spawnSync('bash', [...args, '-c', here(script)], { cwd: given.folder, encoding: 'utf8', env: { ...process.env, PGPORT: String(given.port), ...values }, maxBuffer: 1 << 26 });
}

function runGitHub(script, env, state, given) {
  const files = Object.fromEntries(['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STEP_SUMMARY'].map(key => [key, join(given.folder, key === 'GITHUB_STEP_SUMMARY' ? 'summary.md' : key.toLowerCase())]));
  writeFileSync(files.GITHUB_OUTPUT, '');
  writeFileSync(files.GITHUB_ENV, '');
  const values = Object.fromEntries(Object.entries(env ?? {}).map(([key, value]) => [key, filled(String(value), state, given)]));
  const done = shell(script, ['--noprofile', '--norc', '-e'], { ...values, ...state.env, ...files }, given);
  Object.assign(state.env, pairs(files.GITHUB_ENV));
  return { ...done, outputs: pairs(files.GITHUB_OUTPUT) };
}

function runAzure(script, env, state, given) {
  const macro = text => text.replace(/\$\(([A-Za-z_.]+)\)/g, (_, key) => state.variables[key] ?? given.secrets[key] ?? given.vars[key] ?? '').replace(/\$\{\{ parameters\.(\w+) \}\}/g, (_, key) => given.inputs[key]);
  // A secret becomes a variable of the step only where the step asks for it.
  const values = { ...given.vars, ...state.variables, ...Object.fromEntries(Object.entries(env).map(([key, value]) => [key, macro(String(value))])) };
  const done = shell(script.replace(/\$\((Build\.[A-Za-z]+)\)/g, (_, key) => state.variables[key]), ['--noprofile', '--norc'], values, given);
  for (const [, key, value] of done.stdout.matchAll(/^##vso\[task\.setvariable variable=(\w+)\](.*)$/gm)) state.variables[key] = value;
  return done;
}

function azureVariables(pipeline, given) {
  const staging = join(given.folder, 'staging');
  mkdirSync(staging, { recursive: true });
  return { 'Build.ArtifactStagingDirectory': staging, ...Object.fromEntries((pipeline.variables ?? []).filter(item => item.name).map(item => [item.name, item.value])) };
}

const pairs = file => Object.fromEntries(readFileSync(file, 'utf8').split('\n').filter(line => line.includes('=')).map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));

const filled = (text, state, given) => text.replace(/\$\{\{(.+?)\}\}/g, (_, expression) => evaluate(expression, state, given) ?? '');

function applies(condition, azure, state, given) {
  const uses = text => /\b(always|failure|succeeded|success|cancelled)\(\)/.test(text);
  if (condition === undefined) return !state.failed;
  const expression = String(condition).replace(/^\$\{\{|\}\}$/g, '');
  return Boolean((uses(expression) || !state.failed) && evaluate(expression, state, given));
}

function evaluate(expression, state, given) {
  const step = id => state.steps[id] ?? { outcome: 'skipped', outputs: {} };
  const scope = {
    steps: new Proxy({}, { get: (_, id) => step(id) }), env: state.env, secrets: given.secrets, vars: new Proxy(given.vars, { get: (of, key) => of[key] ?? '' }), inputs: given.inputs, github: { run_id: '1' },
    variables: new Proxy({}, { get: (_, key) => state.variables[key] ?? given.vars[key] ?? '' }),
    always: () => true, failure: () => state.failed, success: () => !state.failed, succeeded: () => !state.failed, cancelled: () => false,
    hashFiles: name => existsSync(join(given.folder, name)) ? 'hash' : '', and: (...all) => all.every(Boolean), eq: (a, b) => a === b, ne: (a, b) => a !== b,
  };
  return new Function(...Object.keys(scope), `return (${expression});`)(...Object.values(scope));
}
