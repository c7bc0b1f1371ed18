// POST /enrollments: the requestor, the encrypted card, the push, the redirect.
import { randomBytes, randomUUID } from "node:crypto";

import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";

import { connect } from "./mastercard.js";
import { compose } from "./redirect.js";
import { accountHolderData, parse } from "./request.js";
import { requestor } from "./requestors.js";

const { env } = process;
const VALIDITY_MINUTES = 15;
const client = new DynamoDBClient({});
const dynamodb = DynamoDBDocumentClient.from(client);

const json = (statusCode, body) => ({
  statusCode,
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  body: JSON.stringify(body),
});

/** Reads the keys, and returns the handler of events. */
export async function handler() {
  const mastercard = await connect();
  const config = new IdempotencyConfig({
    eventKeyJmesPath: '[requestContext.authorizer.jwt.claims.client_id, headers."idempotency-key"]',
    payloadValidationJmesPath: "body",
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: 24 * 60 * 60,
  });
  const persistenceStore = new DynamoDBPersistenceLayer({
    tableName: env.IDEMPOTENCY_TABLE,
    awsSdkV3Client: client,
  });
  return makeIdempotent((event, _context) => enroll(mastercard, event), { persistenceStore, config });
}

async function enroll(mastercard, event) {
  const clientId = event.requestContext.authorizer.jwt.claims[env.CLIENT_ID_CLAIM];
  const body = parse(event.body);
  if (!clientId || !body) return json(clientId ? 400 : 403, { code: "invalid_request" });
  const tokenRequestorId = body.tokenRequestorId ?? env.DEFAULT_TOKEN_REQUESTOR_ID;
  const offered = await requestor(dynamodb, tokenRequestorId);
  if (!offered) return json(404, { code: "token_requestor_not_found" });

  const enrollmentId = randomUUID();
  const state = randomBytes(32).toString("base64url");
  if (!(await lockCard({ clientId, enrollmentId, tokenRequestorId, state, ...body }))) {
    return json(409, { code: "enrollment_in_progress" });
  }
  const accountHolder = accountHolderData(body.accountHolder, offered.supportedAccountHolderData);
  const signatureData = {
    callbackURL: `${env.CALLBACK_BASE_URL}/${state}`,
    completeIssuerAppActivation: true,
    completeWebsiteActivation: true,
    accountHolderDataSupplied: accountHolder !== undefined,
    locale: body.locale,
  };
  const search = searchRequest(body.cardContractId, tokenRequestorId, signatureData, accountHolder);
  const [pushFundingAccounts, tokens] = await Promise.all([
    mastercard.searchFundingAccounts(clientId, search),
    mastercard.getTokensByClient(clientId),
  ]);
  const isEnabled = (token) =>
    String(token.cardContractId) === body.cardContractId &&
    String(token.tokenRequestorId) === tokenRequestorId &&
    /^active$/i.test(token.tokenStatus);
  if (tokens.some(isEnabled)) return json(409, { code: "card_already_enabled" });

  const issuedAt = Date.now();
  const pushed = await mastercard.pushMultipleAccounts({
    tokenRequestorId,
    pushFundingAccounts,
    signatureData,
    pushAccountReceiptsValidityPeriod: VALIDITY_MINUTES,
  });
  const receipts = pushed.pushAccountReceipts.map(({ pushAccountReceipt }) => pushAccountReceipt);
  if (!receipts.length || receipts.includes(undefined)) throw new Error("the push returned no receipt");
  return json(201, {
    enrollmentId,
    status: "READY",
    redirectUrl: compose(pushed.availablePushMethods, body.platform, pushed.signature, tokenRequestorId),
    expiresAt: new Date(issuedAt + VALIDITY_MINUTES * 60_000).toISOString(),
    pushAccountReceipts: receipts,
    signature: pushed.signature,
    availablePushMethods: pushed.availablePushMethods,
  });
}

/** Writes the enrollment; false if the card has one. */
async function lockCard({ clientId, cardContractId, tokenRequestorId, ...fields }) {
  const { enrollmentId, state, platform, callback, consent } = fields;
  const Item = {
    pk: `NODE#${clientId}`,
    sk: `CARD#${cardContractId}#${tokenRequestorId}`,
    ...{ clientId, cardContractId, tokenRequestorId, enrollmentId, state, platform, callback, consent },
    status: "PENDING",
    createdAt: new Date().toISOString(),
  };
  try {
    const ConditionExpression = "attribute_not_exists(pk)";
    await dynamodb.send(new PutCommand({ TableName: env.ENROLLMENTS_TABLE, Item, ConditionExpression }));
    return true;
  } catch (error) {
    if (error.name === "ConditionalCheckFailedException") return false;
    throw error;
  }
}

function searchRequest(cardContractId, tokenRequestorId, signatureData, accountHolder) {
  const validUntil = new Date(Date.now() + 30 * 60_000).toISOString().replace(/\.\d+Z$/, "Z");
  const account = {
    pushAccountId: `CA-${randomUUID().replaceAll("-", "")}`,
    fundingAccountData: {
      dataValidUntilTimestamp: validUntil,
      cardAccountData: { cardContractId: Number(cardContractId) },
      accountHolderData: accountHolder,
    },
  };
  const pushFundingAccounts = { encryptedPayload: { encryptedData: [account] } };
  return { requestId: randomUUID(), tokenRequestorId, signatureData, pushFundingAccounts };
}
