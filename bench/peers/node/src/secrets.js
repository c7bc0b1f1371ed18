// Secrets from the Parameters and Secrets extension, and as the files that Mastercard's encryption library reads.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { call } from "./http.js";

const PORT = process.env.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT ?? "2773";

/** The text of the secret whose ARN is in this variable. */
export async function secret(name) {
  const url = `http://localhost:${PORT}/secretsmanager/get?secretId=${encodeURIComponent(process.env[name])}`;
  const headers = { "x-aws-parameters-secrets-token": process.env.AWS_SESSION_TOKEN ?? "" };
  const { status, body } = await call("GET", url, headers);
  if (status !== 200) throw new Error(`the secret of ${name} is not available: ${status}`);
  return JSON.parse(body).SecretString;
}

/** Calls `use` with the paths of files that hold these texts, and removes them then. */
export function withFiles(texts, use) {
  const folder = mkdtempSync(join(tmpdir(), "keys-"));
  try {
    const files = texts.map((_, index) => join(folder, `${index}.pem`));
    files.forEach((file, index) => writeFileSync(file, texts[index], { mode: 0o600 }));
    return use(files);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
