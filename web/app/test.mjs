// node test.mjs [FILES]: the tests of the page's pure modules. esbuild strips their types into a folder of
// their own, node runs them there.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(join(here, 'test'))
  .filter((name) => name.endsWith('_test.ts') && (wanted.length === 0 || wanted.some((one) => basename(one) === name)));
if (files.length === 0) throw new Error(`no test is called ${wanted.join(', ')}`);

const folder = mkdtempSync(join(tmpdir(), 'runyard-page-'));
try {
  await build({
    entryPoints: files.map((name) => join(here, 'test', name)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node18',
    sourcemap: 'inline',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'warning',
  });
  const programs = files.map((name) => join(folder, name.replace(/\.ts$/, '.mjs')));
  const { status } = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...programs], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
