// `npm run sbom`: prints the parts of what is delivered, as CycloneDX. npm knows them, but its own `--omit dev` leaves
// out much that is delivered (npm 11: everything that a development dependency uses as well), so packages for
// development only are removed here.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = { cwd: root, encoding: 'utf8', maxBuffer: 1 << 27, shell: process.platform === 'win32' };
const bom = JSON.parse(execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx'], output));

const isForDevelopment = ({ properties = [] }) =>
  properties.some(({ name, value }) => name === 'cdx:npm:package:development' && value === 'true');

const components = bom.components.filter((component) => !isForDevelopment(component));
const kept = new Set([bom.metadata.component['bom-ref'], ...components.map((component) => component['bom-ref'])]);
const dependencies = bom.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }));
process.stdout.write(`${JSON.stringify({ ...bom, components, dependencies }, null, 2)}\n`);
