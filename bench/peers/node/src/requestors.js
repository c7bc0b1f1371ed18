// The token requestor from DynamoDB, kept for a minute.
import { BatchGetCommand } from "@aws-sdk/lib-dynamodb";

const TABLE = process.env.TOKEN_REQUESTORS_TABLE;
const MAX_AGE = 60_000;
const cache = new Map();

/** The requestor in the catalog's visible version; undefined if it is not offered. */
export async function requestor(dynamodb, id) {
  const cached = cache.get(id);
  if (cached && Date.now() - cached.readAt < MAX_AGE) return cached.requestor;
  const pk = `REQUESTORS#${process.env.TENANT ?? "default"}`;
  const Keys = ["CATALOG", `REQUESTOR#${id}`].map((sk) => ({ pk, sk }));
  const { Responses } = await dynamodb.send(
    new BatchGetCommand({ RequestItems: { [TABLE]: { Keys, ConsistentRead: true } } }),
  );
  const catalog = Responses[TABLE].find(({ sk }) => sk === "CATALOG");
  const item = Responses[TABLE].find(({ sk }) => sk !== "CATALOG");
  const visible = ({ version, change }) =>
    version < catalog?.version || (version === catalog?.version && change === catalog.change);
  const entry = item?.versions.findLast(visible)?.entry;
  if (!entry || entry.retiredAt) return undefined;
  cache.set(id, { readAt: Date.now(), requestor: entry });
  return entry;
}
