// node build.mjs OUTPUT: the page's files, ready to be served, in the folder OUTPUT, which must not exist yet.
// There is nothing to bundle: the viewer comes as one script and one sheet of styles.
import { cpSync, mkdirSync, writeFileSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const viewer = join(here, 'node_modules', 'swagger-ui-dist');
const output = process.argv[2];
if (!output) throw new Error('usage: node build.mjs OUTPUT');

mkdirSync(output);
for (const name of ['index.html', 'docs.css', 'docs.js']) cpSync(join(here, name), join(output, name));
for (const name of ['favicon-32x32.png', 'swagger-ui.css', 'swagger-ui-bundle.js']) {
  const from = join(viewer, name);
  if (!/\.(css|js)$/.test(name)) {
    cpSync(from, join(output, name));
    continue;
  }
  // The maps (2 MB) are left behind, so nothing may point to them.
  const text = readFileSync(from, 'utf8').replace(/\n?(\/\/# sourceMappingURL=.*|\/\*# sourceMappingURL=.*\*\/)\s*$/, '\n');
  writeFileSync(join(output, name), text);
}
// What its licence asks for.
cpSync(join(viewer, 'LICENSE'), join(output, 'swagger-ui.LICENSE.txt'));
cpSync(join(viewer, 'NOTICE'), join(output, 'swagger-ui.NOTICE.txt'));
cpSync(join(viewer, 'swagger-ui-bundle.js.LICENSE.txt'), join(output, 'swagger-ui-bundle.js.LICENSE.txt'));
