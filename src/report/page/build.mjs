// node build.mjs OUTPUT.cc, with the packages installed beside it: bundles the page into one file without data, and makes
// a C++ source of it.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const [output] = process.argv.slice(2);

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
    absWorkingDir: here,
    write: false,
    logLevel: 'warning',
  });
  return { text: result.outputFiles[0].text.trim(), inputs: Object.keys(result.metafile.inputs) };
};

/// The licences of the packages that are in the bundle, each text once, as HTML's comment.
function licences(inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const found = input.match(/^.*node_modules\/(@[^/]+\/)?[^/]+/);
    if (found) folders.add(join(here, found[0]));
  }
  const holders = new Map();
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `${license}`;
    holders.set(text, [...(holders.get(text) ?? []), `${name} ${version}`]);
  }
  if (holders.size === 0) throw new Error('there is a bundle of nobody\'s software');
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
