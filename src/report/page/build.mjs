// node build.mjs NODE_MODULES OUTPUT.cc: bundles the page into one file without data, and makes a C++ source of it.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [modules, output] = process.argv.slice(2);
const esbuild = await import(pathToFileURL(join(modules, 'esbuild', 'lib', 'main.js')));

const bundled = async (file) => {
  const result = await esbuild.build({
    entryPoints: [join(here, file)],
    bundle: true,
    minify: true,
    charset: 'ascii',
    format: 'iife',
    target: 'es2020',
    legalComments: 'inline',
    nodePaths: [modules],
    write: false,
    logLevel: 'warning',
  });
  return result.outputFiles[0].text.trim();
};

const script = await bundled('page.js');
const style = await bundled('page.css');
// Only this script may be executed, whatever the data holds, and nothing may be fetched from anywhere.
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const policy = [
  "default-src 'none'",
  `script-src ${hash(script)}`,
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const parts = { policy, style, script };
const page = readFileSync(join(here, 'page.html'), 'utf8').replace(/@(policy|style|script)@/g, (_, name) => parts[name]);
const [before, after, ...more] = page.split('@data@');
if (after === undefined || more.length > 0) throw new Error('page.html must have one place for the data');
if (/<\/script/i.test(script)) throw new Error('the script would end before its end');

const delimiter = 'labday_page';
if (page.includes(`)${delimiter}"`)) throw new Error('the page holds the delimiter of its own literal');
const literal = (text) => `R"${delimiter}(${text})${delimiter}"`;
writeFileSync(
  output,
  `// Made by src/report/page/build.mjs.
#include "report/page_shell.h"

namespace labday {

PageShell page_shell() { return {${literal(before)}, ${literal(after)}, ""}; }

}  // namespace labday
`,
);
