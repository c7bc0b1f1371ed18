// Prints how many pixels of two PNG files differ visibly, and writes a picture of the differences:
// `node compare.mjs BASELINE SCREENSHOT DIFFERENCES`. pixelmatch ignores anti-aliasing, and colors that look the same.

import { readFileSync, writeFileSync } from "node:fs";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";

const [baseline, screenshot] = process.argv.slice(2, 4).map((file) => PNG.sync.read(readFileSync(file)));
const { width, height } = baseline;
if (screenshot.width !== width || screenshot.height !== height) {
  console.log(width * height);
} else {
  const differences = new PNG({ width, height });
  console.log(pixelmatch(baseline.data, screenshot.data, differences.data, width, height, { threshold: 0.1 }));
  writeFileSync(process.argv[4], PNG.sync.write(differences));
}
