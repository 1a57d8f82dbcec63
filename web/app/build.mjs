// node build.mjs OUTPUT: the page's files, ready to be served, in the folder OUTPUT, which must not exist yet.
// The client of the interactive interface, which its users load from /socket.io/socket.io.js, goes with it.
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
if (!process.argv[2]) throw new Error('usage: node build.mjs OUTPUT');
const output = resolve(process.argv[2]);
if (existsSync(output)) throw new Error(`${output} is there already`);

await build({ root: here, logLevel: 'warn', build: { outDir: output, emptyOutDir: false } });

const client = join(here, 'node_modules', 'socket.io-client');
mkdirSync(join(output, 'socket.io'));
// Its map (twice its size) is left behind, so nothing may point to it.
const script = readFileSync(join(client, 'dist', 'socket.io.min.js'), 'utf8');
writeFileSync(join(output, 'socket.io', 'socket.io.js'), script.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n'));

// What the licences of the bundled libraries ask for.
mkdirSync(join(output, 'licenses'));
const libraries = ['preact', 'monaco-editor', '@xterm/xterm', '@xterm/addon-fit', 'socket.io-client', 'uplot', 'diff', 'markdown-it'];
for (const name of libraries) {
  cpSync(join(here, 'node_modules', name, 'LICENSE'), join(output, 'licenses', `${name.replace(/.*\//, '')}.txt`));
}
