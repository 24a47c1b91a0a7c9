// Validates every Azure pipeline of scripts/pipelines against Microsoft's own schema (service-schema.json of github.com/microsoft/azure-pipelines-vscode), which is not part of this
// repository: SAFEDB_AZURE_PIPELINES_SCHEMA names the file. Prints one line for each problem; exits with 1 when there is one.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import { parse } from 'yaml';

const folder = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '../../../scripts/pipelines/azure');
// The schema takes every scalar as text, as the service does, and its patterns are of before Unicode mode.
const validate = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false, logger: false }).compile(JSON.parse(readFileSync(process.env.SAFEDB_AZURE_PIPELINES_SCHEMA, 'utf8')));
const files = readdirSync(folder).filter(name => name.endsWith('.yml'));
let problems = files.length === 0 ? 1 : 0;
for (const name of files) {
  if (!validate(parse(readFileSync(join(folder, name), 'utf8'), { schema: 'failsafe' }))) {
    problems++;
    // Alternatives fail at every level: the deepest place is the one that was meant.
    const found = validate.errors.filter(error => !['anyOf', 'oneOf'].includes(error.keyword)).sort((a, b) => b.instancePath.split('/').length - a.instancePath.split('/').length)[0];
    console.log(`${name}: ${found.instancePath} ${found.message} ${JSON.stringify(found.params)}`);
  }
}

console.log(`${files.length} pipelines, ${problems} problems`);
process.exit(problems === 0 ? 0 : 1);
