// node build.mjs NODE_MODULES OUTPUT.cc: bundles the page into one file without data, and makes a C++ source of it.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
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
    legalComments: 'none', // the licences of all packages are put in below
    metafile: true,
    nodePaths: [modules],
    write: false,
    logLevel: 'warning',
  });
  return { text: result.outputFiles[0].text.trim(), inputs: Object.keys(result.metafile.inputs) };
};

/// The licences of the packages that are in the bundle, each text once, as HTML's comment.
function licences(inputs) {
  const packages = new Set();
  for (const input of inputs) {
    const path = relative(resolve(modules), resolve(input)).split(sep);
    if (path[0] !== '..') packages.add(path[0].startsWith('@') ? join(path[0], path[1]) : path[0]);
  }
  const holders = new Map();
  for (const name of [...packages].sort()) {
    const { version, license } = JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8'));
    const file = readdirSync(join(modules, name)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(join(modules, name, file), 'utf8').trim() : `${license}`;
    holders.set(text, [...(holders.get(text) ?? []), `${name} ${version}`]);
  }
  const all = [...holders].map(([text, names]) => `${names.join(', ')}:\n\n${text}`).join('\n\n');
  if (/--!?>/.test(all)) throw new Error('a licence would end the comment that it is in');
  return `<!-- This page holds software of others:\n\n${all}\n-->`;
}

const { text: script, inputs } = await bundled('page.js');
const { text: style } = await bundled('page.css');
// Only this script may be executed, whatever the data holds, and nothing may be fetched from anywhere.
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const policy = [
  "default-src 'none'",
  `script-src ${hash(script)}`,
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const parts = { policy, style, script, licences: licences(inputs) };
const page = readFileSync(join(here, 'page.html'), 'utf8').replace(/@(policy|style|script|licences)@/g, (_, name) => parts[name]);
const [before, after, ...more] = page.split('@data@');
if (after === undefined || more.length > 0) throw new Error('page.html must have one place for the data');
if (/<\/script/i.test(script)) throw new Error('the script would end before its end');

const delimiter = 'labday_page';
if (page.includes(`)${delimiter}"`)) throw new Error('the page holds the delimiter of its own literal');
// In pieces: 64 KiB are what a compiler must take in one literal.
const literal = (text) =>
  text.match(/[^]{1,16000}/g).map((piece) => `R"${delimiter}(${piece})${delimiter}"`).join('\n');
writeFileSync(
  output,
  `// Made by src/report/page/build.mjs.
#include "report/page_shell.h"

namespace labday {

PageShell page_shell() {
  return {${literal(before)},
          ${literal(after)}, ""};
}

}  // namespace labday
`,
);
