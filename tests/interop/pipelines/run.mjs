// Runs every job of scripts/pipelines against a sample repository and a PostgreSQL server, the good way and the bad ones, and says what held.
//   usage: node run.mjs <safedb program> <port of a server that trusts postgres> <work folder> [sample]
// 'sample' runs the deployment of GitHub only.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runJob } from './job.mjs';

const [, , program, port, work, share] = process.argv;
const services = all => share === 'sample' ? all.slice(0, 1) : all;
const pipelines = join(dirname(fileURLToPath(import.meta.url)), '../../../scripts/pipelines');
const bin = join(work, 'bin');
mkdirSync(bin, { recursive: true });
symlinkSync(resolve(program), join(bin, 'safedb'));
process.env.PATH = `${bin}:${process.env.PATH}`;
let failures = 0;
let number = 0;

function check(what, held, detail = '') {
  if (!held) failures++;
  console.log(`${held ? 'ok' : 'not ok'} ${what}${held ? '' : `\n${detail}`}`);
}

function sql(database, text) {
  const done = spawnSync('psql', ['-h', '127.0.0.1', '-p', port, '-U', 'postgres', '-d', database, '-v', 'ON_ERROR_STOP=1', '-qAt', '-c', text], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return done.stdout.trim();
}

function safedb(folder, ...args) {
  const done = spawnSync('safedb', args, { cwd: folder, encoding: 'utf8', env: { ...process.env, SAFEDB_PASSPHRASE: 'correct horse battery staple' } });
  if (done.status !== 0) throw new Error(`safedb ${args.join(' ')}: ${done.status} ${done.stderr}`);
  return done.stdout;
}

/** A repository whose first migration is applied in production, and whose second one is what the pull request brings. */
function scenario(second = "SET lock_timeout = '2s';\nALTER TABLE customer ADD COLUMN phone text;\n", down = "SET lock_timeout = '2s';\nALTER TABLE customer DROP COLUMN phone;\n") {
  const folder = join(work, `repo${++number}`);
  const database = `production${number}`;
  mkdirSync(join(folder, 'migrations'), { recursive: true });
  for (const name of ['from_empty', 'restored_copy']) sql('postgres', `drop database if exists ${name} with (force)`);
  sql('postgres', `create database ${database}`);
  const url = `postgresql://postgres@localhost:${port}/${database}`;
  const write = (name, text) => writeFileSync(join(folder, 'migrations', name), text);
  write('001_shop.up.sql', 'CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL);\nCREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer (id));\nCREATE INDEX orders_customer ON orders (customer_id);\n');
  write('001_shop.down.sql', 'DROP TABLE orders;\nDROP TABLE customer;\n');
  safedb(folder, 'migrate', url, 'migrations', '--yes', '--destination', './first', '--passphrase-env', 'SAFEDB_PASSPHRASE', '--evidence', './first-evidence');
  sql(database, "insert into customer select n, 'customer ' || n from generate_series(1, 200) n; insert into orders select n, 1 + n % 200 from generate_series(1, 1000) n");
  const drill = JSON.parse(safedb(folder, 'backup', url, '--destination', './drill', '--passphrase-env', 'SAFEDB_PASSPHRASE', '--output', 'json')).backup;
  write('002_phone.up.sql', second);
  write('002_phone.down.sql', down);
  return {
    folder, database, url, port,
    secrets: { DATABASE_URL: url, SAFEDB_PASSPHRASE: 'correct horse battery staple', AZURE_STORAGE_SAS_TOKEN: '', SAFEDB_DRILL_BACKUP: drill },
    vars: { SAFEDB_DESTINATION: './offsite', DESTINATION: './offsite', DRILL_BACKUP: drill, SMOKE_TEST_URL: 'https://' },
    inputs: { approval: 'change 4711' },
  };
}

const github = name => join(pipelines, 'github', `${name}.yml`);
const azure = name => join(pipelines, 'azure', `${name}.yml`);
const failed = run => run.steps.filter(step => step.outcome === 'failure').map(step => `${step.name} (${step.exitCode}): ${step.output}`).join('\n');
const hasPhone = database => sql(database, "select count(*) from information_schema.columns where table_name = 'customer' and column_name = 'phone'") === '1';
const evidenceOf = repo => existsSync(join(repo.folder, 'evidence')) ? readdirSync(join(repo.folder, 'evidence'), { recursive: true }).filter(name => name.endsWith('.jsonl')) : [];
const outcomes = run => Object.fromEntries(run.steps.map(step => [step.name, step.outcome]));

for (const [service, validate] of share === 'sample' ? [] : [['GitHub', github('validate-migrations')], ['Azure', azure('validate-migrations')]]) {
  const sarifOf = repo => JSON.parse(readFileSync(join(repo.folder, service === 'GitHub' ? 'safedb.sarif' : 'staging/safedb.sarif'), 'utf8'));
  const repo = scenario();
  const risk = runJob(validate, 'risk', repo);
  check(`${service}: a safe migration passes the risk gate`, risk.succeeded && sarifOf(repo).version === '2.1.0', failed(risk));

  const dangerous = scenario('DROP TABLE orders;\n', '-- cannot be taken back\n');
  const refused = runJob(validate, 'risk', dangerous);
  const annotations = refused.steps.at(-1).output;
  check(`${service}: a dangerous one is annotated, stands in the SARIF and closes the gate with 3`,
    refused.steps.at(-1).exitCode === 3 && sarifOf(dangerous).runs[0].results.some(result => result.level === 'error')
    && (service === 'GitHub' ? /^::(error|warning) .*file=.*002_phone\.up\.sql/m : /^##vso\[task\.logissue .*002_phone\.up\.sql/m).test(annotations), annotations);

  const apply = scenario();
  writeFileSync(join(apply.folder, 'schema.json'), (() => {
    sql('postgres', 'create database reference');
    const url = `postgresql://postgres@localhost:${port}/reference`;
    safedb(apply.folder, 'migrate', url, 'migrations', '--yes', '--destination', './first', '--passphrase-env', 'SAFEDB_PASSPHRASE', '--evidence', './first-evidence');
    const text = safedb(apply.folder, 'schema', url, '--output', 'json');
    sql('postgres', 'drop database reference with (force)');
    return text;
  })());
  const applied = runJob(validate, 'apply', apply);
  check(`${service}: applies from empty without drift, on a restored copy with its rows, down and up again`,
    applied.succeeded && hasPhone('from_empty') && hasPhone('restored_copy') && sql('restored_copy', 'select count(*) from orders') === '1000'
    && applied.steps.every(step => step.outcome === 'success') && evidenceOf(apply).length >= 4, failed(applied));

  const schema = JSON.parse(readFileSync(join(apply.folder, 'schema.json'), 'utf8'));
  for (const name of ['from_empty', 'restored_copy']) sql('postgres', `drop database if exists ${name} with (force)`);
  rmSync(join(apply.folder, 'migrations', '002_phone.up.sql'));
  rmSync(join(apply.folder, 'migrations', '002_phone.down.sql'));
  const drifted = runJob(validate, 'apply', apply);
  check(`${service}: a schema that the migrations do not make is found as drift`, !drifted.succeeded && drifted.steps.filter(step => step.outcome === 'failure').length === 1 && /customer/.test(failed(drifted)) && schema !== null, failed(drifted) || JSON.stringify(outcomes(drifted)));
}

for (const [service, deploy, job] of services([['GitHub', github('deploy-migrations'), 'deploy'], ['Azure', azure('deploy-migrations'), 'migrate']])) {
  const good = scenario();
  writeFileSync(join(good.folder, 'up.html'), 'up');
  good.vars.SMOKE_TEST_URL = `file://${join(good.folder, 'up.html')}`;
  const deployed = runJob(deploy, job, good);
  const evidence = evidenceOf(good);
  check(`${service}: deploys, smoke-tests, and leaves evidence with the approval`,
    deployed.succeeded && hasPhone(good.database) && evidence.length === 1 && readdirSync(join(good.folder, 'evidence')).some(name => readFileSync(join(good.folder, 'evidence', name), 'utf8').includes('change 4711')), failed(deployed));
  const again = runJob(deploy, job, good);
  check(`${service}: with nothing pending nothing is done`, again.succeeded && evidenceOf(good).length === 1, failed(again));

  const broken = scenario();
  broken.vars.SMOKE_TEST_URL = `file://${join(broken.folder, 'nothing.html')}`;
  const taken = runJob(deploy, job, broken);
  check(`${service}: a smoke test that fails takes the run back, and the job fails`, !taken.succeeded && !hasPhone(broken.database) && sql(broken.database, 'select count(*) from orders') === '1000', failed(taken));

  const impossible = scenario("SET lock_timeout = '2s';\nINSERT INTO customer VALUES (1, 'twice');\n", '-- nothing to do\n');
  const stopped = runJob(deploy, job, impossible);
  check(`${service}: a migration that fails is stopped, and production is as it was`, !stopped.succeeded && sql(impossible.database, 'select count(*) from customer') === '200' && outcomes(stopped)['Smoke test'] !== 'success', failed(stopped));

  const gated = scenario('DROP TABLE orders;\n', '-- cannot be taken back\n');
  const held = runJob(deploy, job, gated);
  check(`${service}: the risk gate holds before anything is touched`, !held.succeeded && held.steps.find(step => step.name === 'Risk gate').exitCode === 3 && sql(gated.database, 'select count(*) from orders') === '1000' && !existsSync(join(gated.folder, 'offsite')), failed(held));
}

const nightly = scenario();
const backup = runJob(github('nightly-backup'), 'backup', nightly);
check('GitHub: the nightly backup is taken, proved and pruned', backup.succeeded && readdirSync(join(nightly.folder, 'offsite')).some(name => name.endsWith('.verified.json')), failed(backup));
const drill = runJob(github('restore-drill'), 'drill', nightly);
check('GitHub: the drill restores the newest archive', drill.succeeded && /Passed/.test(drill.steps.at(-1).output), failed(drill));
console.log(`${failures} failures`);
process.exit(failures === 0 ? 0 : 1);
