// The redirect to the token requestor: the push method of the platform, with the signature.
const ORIGINS = process.env.ALLOWED_REDIRECT_ORIGINS.split(",").map((pair) => pair.split("="));
const KINDS = { ios: ["IOS", "WEB"], android: ["ANDROID", "WEB"], web: ["WEB"] };
const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** The URL; throws if the requestor has no allowed push method or there is no signature. */
export function compose(pushMethods, platform, signature, requestorId) {
  const allowed = ({ uri }) =>
    ORIGINS.some(([id, origin]) => id === requestorId && new URL(uri).origin === origin);
  const methods = KINDS[platform].flatMap((kind) => pushMethods.filter(({ type }) => type === kind));
  const method = methods.find(allowed);
  if (!method) throw new Error("no push method of the requestor is allowed");
  if (!COMPACT_JWS.test(signature ?? "")) throw new Error("Token Connect returned no signature");
  const url = new URL(method.uri);
  url.searchParams.append("pushAccountData", signature);
  return url.href;
}
