// The use case "Enable a Card for Click to Pay in Issuer's Mobile App (through MDES Token Connect API)", step by step.

import { text } from "./texts.js";

export const LANES = ["App", text("Issuer server"), "Token Connect", "Processing", "MDES", "Click to Pay"];
const [APP, SERVER, TOKEN_CONNECT, PROCESSING, MDES, CLICK_TO_PAY] = LANES.keys();

// The lane of each party of the journal.
export const LANE_OF = {
  cardholder: APP, "issuer app": APP, "issuer server": SERVER, "Token Connect": TOKEN_CONNECT, Processing: PROCESSING, MDES, "Click to Pay": CLICK_TO_PAY,
};

// Chapters with their steps: number, from, to, label.
export const CHAPTERS = [
  [text("Every 14 days"), [
    [1, SERVER, TOKEN_CONNECT, text("Which token requestors take our cards?")],
    [2, TOKEN_CONNECT, SERVER, text("The token requestors")],
    [3, SERVER, TOKEN_CONNECT, text("Get their logos")],
    [4, TOKEN_CONNECT, SERVER, text("The artwork")],
  ]],
  [text("The cardholder chooses"), [
    [5, APP, SERVER, text("Which token requestors and cards can I choose?")],
    ["tip", SERVER, PROCESSING, text("Which cards are enabled already?")],
    [6, APP, SERVER, text("Enable this card")],
    [7, SERVER, PROCESSING, text("The card behind this contract, encrypted")],
    [8, PROCESSING, PROCESSING, text("Finds the card; it is active")],
    [9, PROCESSING, SERVER, text("The card, encrypted for Token Connect")],
    [10, SERVER, TOKEN_CONNECT, text("Push it to Click to Pay")],
    [11, TOKEN_CONNECT, SERVER, text("A receipt, and a signature")],
    [12, SERVER, APP, text("The redirect URL")],
  ]],
  [text("At Click to Pay"), [
    [13, APP, CLICK_TO_PAY, text("Opens the redirect")],
    [14, CLICK_TO_PAY, MDES, text("Tokenize this card")],
    [15, MDES, PROCESSING, text("May this card be tokenized? (TAR)")],
    [16, PROCESSING, MDES, text("Approved")],
    [17, PROCESSING, SERVER, text("Notification: a token was requested (TAR)")],
    [18, MDES, CLICK_TO_PAY, text("The token")],
    [19, MDES, PROCESSING, text("The token was created (TCN)")],
    [20, PROCESSING, MDES, text("Acknowledged")],
    [21, PROCESSING, SERVER, text("Notification: the token was created (TCN)")],
    [22, CLICK_TO_PAY, APP, text("Terms and conditions")],
    [23, APP, CLICK_TO_PAY, text("Accepts")],
    [24, CLICK_TO_PAY, APP, text("Your card is enabled")],
  ]],
  [text("And back"), [
    [25, APP, SERVER, text("Comes back through the callback")],
    ["after", APP, SERVER, text("What is the outcome?")],
  ]],
];

// The names of the rows without a number.
export const NAMES = { tip: text("tip"), after: text("after") };

// Steps that are a request and its answer.
const ANSWERS = [[1, 2], [3, 4], [6, 12], [7, 9], [10, 11], [13, 22], [14, 18], [15, 16], [19, 20], [23, 24]];

// The request and the answer to which a step belongs: its own number if it is both.
export function exchangeOf(step) {
  return ANSWERS.find((pair) => pair.includes(step)) ?? [step];
}

// Exchanges without a step number: reading the token list is the tip after step 4, all others follow step 25.
export function rowOf({ step, from, to }) {
  if (step > 0) return step;
  const readsTokenList = [from, to].every((party) => ["issuer server", "Processing"].includes(party));
  return readsTokenList ? "tip" : "after";
}
