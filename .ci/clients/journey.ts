// Enables a card through the client that @hey-api/openapi-ts generates, and gets three errors; then reads the token requestors
// through the types of openapi-typescript.

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import createFetchClient from "openapi-fetch";
import { createClient, createConfig } from "./generated/hey/client/index.js";
import * as api from "./generated/hey/sdk.gen.js";
import type { EnrollmentRequest } from "./generated/hey/types.gen.js";
import type { paths } from "./generated/types.js";

const [baseUrl, token] = process.argv.slice(2);
if (!baseUrl || !token) throw new Error("usage: journey BASE_URL TOKEN");

const client = createClient(createConfig({ baseUrl, auth: () => token }));

function expect(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${what}: ${String(actual)} instead of ${String(expected)}`);
}

/** What the cardholder's browser does at the simulator's Click to Pay. */
async function acceptTerms(redirectUrl: string): Promise<void> {
  const find = (html: string, pattern: RegExp): string => {
    const found = pattern.exec(html)?.[1];
    if (!found) throw new Error(`the page has no ${pattern.source}`);
    return found.replaceAll("&amp;", "&");
  };
  const terms = await fetch(redirectUrl);
  const accept = find(await terms.text(), /action="([^"]*\/accept)"/);
  const accepted = await fetch(new URL(accept, terms.url), { method: "POST" });
  const back = find(await accepted.text(), /href="([^"]*\/return)"/);
  const returned = await fetch(new URL(back, accepted.url), { redirect: "manual" });
  const callback = returned.headers.get("location") ?? "";
  expect("the callback", (await fetch(callback, { redirect: "manual" })).status, 303);
}

async function enable(): Promise<void> {
  const { data: requestors } = await api.listTokenRequestors({ client, query: { platform: "ios" }, throwOnError: true });
  expect("token requestors", requestors.tokenRequestors.length > 0, true);
  const ids = ["70001", "70002", "70006", "70007"];
  const { data: listed } = await api.listCards({ client, query: { cardContractId: ids }, throwOnError: true });
  const card = listed.cards.find(({ state }) => state === "eligible");
  if (!card) throw new Error("no card is eligible");
  const body: EnrollmentRequest = {
    cardContractId: card.cardContractId,
    platform: "ios",
    callback: "mobile-app",
    consent: { termsVersion: "2026-01", acceptedAt: new Date().toISOString() },
    cardsAsOf: listed.cardsAsOf,
  };
  const headers = { "Idempotency-Key": randomUUID() };
  const { data: ready } = await api.enroll({ client, body, headers, throwOnError: true });
  if (!("redirectUrl" in ready) || !ready.redirectUrl) throw new Error("no redirect");

  const second = await api.enroll({ client, body, headers: { "Idempotency-Key": randomUUID() } });
  expect("a second enrollment", problem(second.error), "enrollment_in_progress");
  const changed = await api.enroll({ client, body: { ...body, platform: "android" }, headers });
  expect("a key used again", problem(changed.error), "idempotency_key_reused");
  const unknown = await api.getEnrollment({ client, path: { enrollmentId: randomUUID() } });
  expect("an unknown enrollment", problem(unknown.error), "not_found");

  await acceptTerms(ready.redirectUrl);
  for (;;) {
    const path = { enrollmentId: ready.enrollmentId };
    const { data: enrollment, response } = await api.getEnrollment({ client, path, throwOnError: true });
    if (enrollment.final) return expect("the status", enrollment.status, "ENABLED");
    await sleep(1000 * Number(response.headers.get("Retry-After") ?? 5));
  }
}

function problem(error: object | undefined): unknown {
  return error && "code" in error ? error.code : undefined;
}

await enable();
const typed = createFetchClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
const { data } = await typed.GET("/token-requestors", { params: { query: { platform: "web" } } });
expect("names", data?.tokenRequestors.every(({ displayName }) => displayName.length > 0), true);
console.log("TypeScript: ENABLED, and three errors");
