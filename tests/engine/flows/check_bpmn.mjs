// Reads BPMN documents ({name: xml}) from standard input; prints {name: [what bpmn-moddle and bpmnlint found]}.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(new URL('../../../frontend/package.json', import.meta.url));
const load = async (name) => import(pathToFileURL(require.resolve(name)).href);
const { BpmnModdle } = await load('bpmn-moddle');
const { Linter } = require('bpmnlint');
const NodeResolver = require('bpmnlint/lib/resolver/node-resolver');

let input = '';
for await (const chunk of process.stdin) input += chunk;

const resolver = new NodeResolver({ require });
const found = {};
for (const [name, xml] of Object.entries(JSON.parse(input))) {
  const { rootElement, warnings } = await new BpmnModdle().fromXML(xml);
  // a linter keeps its rules, and a rule what it saw: each document gets its own
  const linter = new Linter({ config: { extends: 'bpmnlint:recommended' }, resolver });
  const reports = await linter.lint(rootElement);
  found[name] = [
    ...warnings.map((warning) => `moddle: ${warning.message}`),
    ...Object.entries(reports).flatMap(([rule, all]) => all.map(({ id, message }) => `${rule}: ${id}: ${message}`)),
  ];
}
console.log(JSON.stringify(found));
