// The app's request: what is required of it, and the account holder in Token Connect's form.
const CALLBACKS = process.env.APP_LINKS.split(",").map((link) => link.split("=")[0]);
const DAY = 24 * 60 * 60 * 1000;
const NAMES = [
  ["NAME", "name", "accountHolderName"],
  ["EMAIL_ADDRESS", "emailAddress", "accountHolderEmailAddress"],
  ["MOBILE_PHONE_NUMBER", "mobilePhoneNumber", "accountHolderMobilePhoneNumber"],
  ["ADDRESS", "address", "accountHolderAddress"],
];

/** The body; undefined if it is invalid. */
export function parse(text) {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { cardContractId, platform, callback, consent, locale } = body ?? {};
  const age = Date.now() - Date.parse(consent?.acceptedAt);
  const valid =
    /^\d{1,19}$/.test(cardContractId) &&
    ["ios", "android", "web"].includes(platform) &&
    CALLBACKS.includes(callback) &&
    typeof consent?.termsVersion === "string" &&
    age <= DAY &&
    (locale === undefined || /^[a-z]{2}_[A-Z]{2}$/.test(locale));
  return valid ? body : undefined;
}

/** The fields that the requestor supports; undefined if none is left. */
export function accountHolderData(holder, supported = []) {
  const fields = NAMES.filter(([name, field]) => supported.includes(name) && holder?.[field]);
  return fields.length ? Object.fromEntries(fields.map(([, field, name]) => [name, holder[field]])) : undefined;
}
