// The job by sharp. Usage: node sharp_job.mjs PLAN OUTPUT LEVEL ADAPTIVE CORES. A source is decoded once; as many
// renditions as there are cores are made at a time, each by one thread, for a PNG is encoded by one anyway.
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import sharp from "sharp";

const [planFile, output, level, adaptive, cores] = process.argv.slice(2);
const png = { compressionLevel: Number(level), adaptiveFiltering: JSON.parse(adaptive), palette: false };
const plan = JSON.parse(readFileSync(planFile, "utf8"));
sharp.concurrency(1);
sharp.cache(false);

async function makeRenditions(entry) {
  const { data, info } = await sharp(entry.source).raw().toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: info.channels };
  return entry.renditions.map((rendition) => () => {
    const file = join(output, rendition.name);
    mkdirSync(dirname(file), { recursive: true });
    return sharp(data, { raw, limitInputPixels: false })
      .resize(rendition.width, rendition.height, { fit: "fill", kernel: "cubic" })
      .png(png)
      .toFile(file);
  });
}

// Each worker takes the next rendition, and the next source where none is left. One that finds neither waits for the
// sources that others are decoding.
const tasks = [];
const decoding = new Set();
let next = 0;
async function decodeNext() {
  const decoded = makeRenditions(plan[next++]);
  decoding.add(decoded);
  tasks.push(...(await decoded));
  decoding.delete(decoded);
}
async function work() {
  for (;;) {
    const task = tasks.shift();
    if (task) {
      await task();
    } else if (next < plan.length) {
      await decodeNext();
    } else if (decoding.size > 0) {
      await Promise.race(decoding);
    } else {
      return;
    }
  }
}
await Promise.all(Array.from({ length: Number(cores) }, work));
