// Mastercard Processing and Token Connect, with Mastercard's libraries for signatures and encryption.
import { createPrivateKey, randomUUID } from "node:crypto";

import { JweEncryption } from "mastercard-client-encryption";
import OAuth from "mastercard-oauth1-signer";

import { call } from "./http.js";
import { secret, withFiles } from "./secrets.js";

const { env } = process;
const JSON_TYPE = { accept: "application/json", "content-type": "application/json" };

/** Reads the keys; returns the three calls of an enrollment. */
export async function connect() {
  const [processingKey, certificate, decryptionKey, clientCertificate, tokenConnectKey] = await Promise.all(
    [
      "PROCESSING_SIGNING_KEY",
      "PROCESSING_ENCRYPTION_CERTIFICATE",
      "PROCESSING_DECRYPTION_KEY",
      "CLIENT_ENCRYPTION_CERTIFICATE",
      "TOKEN_CONNECT_SIGNING_KEY",
    ].map(secret),
  );
  const root = { element: "$", obj: "$" };
  const field = { element: "encryptedData", obj: "$" };
  const config = {
    mode: "JWE",
    paths: [{ path: "/", toEncrypt: [root], toDecrypt: [field] }],
    encryptedValueFieldName: "encryptedData",
  };
  // The library takes paths, and reads the files once.
  const jwe = withFiles([certificate, decryptionKey], ([encryptionCertificate, privateKey]) => {
    return new JweEncryption({ ...config, encryptionCertificate, privateKey });
  });
  const processing = api(env.PROCESSING_URL, env.PROCESSING_CONSUMER_KEY, processingKey);
  const tokenConnect = api(env.TOKEN_CONNECT_URL, env.TOKEN_CONNECT_CONSUMER_KEY, tokenConnectKey);
  const clientKey = clientCertificate.replace(/-----[^-]+-----|\s/g, "");
  const decrypt = (url, body) => (body.encryptedData ? jwe.decrypt({ request: { url }, body }) : body);

  return {
    /** The card, encrypted for Token Connect. */
    async searchFundingAccounts(client, body) {
      const path = `/clients/${client}/funding-accounts/searches`;
      const headers = { "token-connect-client-encryption-key": clientKey, "idempotency-key": body.requestId };
      const found = await processing("POST", path, jwe.encrypt(path, {}, body).body, headers);
      return decrypt(path, found).pushFundingAccounts;
    },
    async getTokensByClient(client) {
      const path = `/clients/${client}/tokens`;
      return decrypt(path, await processing("GET", path)).clientTokens ?? [];
    },
    pushMultipleAccounts: (body) =>
      tokenConnect("POST", "/connect/1/0/pushMultipleAccounts", { requestId: randomUUID(), ...body }),
  };
}

/** Signed calls of one API. */
function api(base, consumerKey, pem) {
  // Parsed once: a text would be parsed for each signature.
  const key = createPrivateKey(pem);
  return async (method, path, content, headers = {}) => {
    const url = base + path;
    const text = content ? JSON.stringify(content) : "";
    const authorization = OAuth.getAuthorizationHeader(url, method, text, consumerKey, key);
    const response = await call(method, url, { ...JSON_TYPE, ...headers, authorization }, text);
    if (response.status >= 300) throw new Error(`${method} ${path} returned ${response.status}`);
    return response.body ? JSON.parse(response.body) : {};
  };
}
