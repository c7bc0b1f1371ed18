// Secrets from the Parameters and Secrets extension, and as the files that Mastercard's encryption library reads.
import { mkdtempSync, writeFileSync } from "node:fs";
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

/** Writes texts to files that only this process's user can read; returns their paths. */
export function files(texts) {
  const folder = mkdtempSync(join(tmpdir(), "keys-"));
  return texts.map((text, index) => {
    const file = join(folder, `${index}.pem`);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  });
}
