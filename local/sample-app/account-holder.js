// What the bank sends of the cardholder: only what the token requestor accepts, so that it can fill its forms.

const FIELDS = { NAME: "name", ADDRESS: "address", EMAIL_ADDRESS: "emailAddress", MOBILE_PHONE_NUMBER: "mobilePhoneNumber" };

// `accountHolder` of a request: those fields of `person` that `requestor` accepts.
export function accountHolder(person, requestor) {
  const names = requestor.supportedAccountHolderData.map((field) => FIELDS[field]).filter((name) => person[name]);
  return Object.fromEntries(names.map((name) => [name, person[name]]));
}
