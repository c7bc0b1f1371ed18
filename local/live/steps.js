// The use case "Enable a Card for Click to Pay in Issuer's Mobile App (through MDES Token Connect API)", step by step.

export const LANES = ["App", "Issuer server", "Token Connect", "Processing", "MDES", "Click to Pay"];
const [APP, SERVER, TOKEN_CONNECT, PROCESSING, MDES, CLICK_TO_PAY] = LANES.keys();

// Where a party of the journal stands.
export const LANE_OF = {
  cardholder: APP, "issuer app": APP, "issuer server": SERVER, "Token Connect": TOKEN_CONNECT, Processing: PROCESSING, MDES, "Click to Pay": CLICK_TO_PAY,
};

// Chapters, each with its steps: number, from, to, words.
export const CHAPTERS = [
  ["Every 14 days", [
    [1, SERVER, TOKEN_CONNECT, "Who takes our cards?"],
    [2, TOKEN_CONNECT, SERVER, "These token requestors do"],
    [3, SERVER, TOKEN_CONNECT, "Their logos, please"],
    [4, TOKEN_CONNECT, SERVER, "The artwork"],
  ]],
  ["The cardholder chooses", [
    [5, APP, SERVER, "Whom can I choose, and which cards?"],
    ["tip", SERVER, PROCESSING, "Which cards are enabled already?"],
    [6, APP, SERVER, "Enable this card"],
    [7, SERVER, PROCESSING, "The card behind this contract, encrypted"],
    [8, PROCESSING, PROCESSING, "Finds the card; it is active"],
    [9, PROCESSING, SERVER, "The card, for Token Connect's eyes only"],
    [10, SERVER, TOKEN_CONNECT, "Push it to Click to Pay"],
    [11, TOKEN_CONNECT, SERVER, "A receipt, and a signature"],
    [12, SERVER, APP, "Go there"],
  ]],
  ["At Click to Pay", [
    [13, APP, CLICK_TO_PAY, "Opens the redirect"],
    [14, CLICK_TO_PAY, MDES, "Tokenize this card"],
    [15, MDES, PROCESSING, "May I? (TAR)"],
    [16, PROCESSING, MDES, "Approved"],
    [17, PROCESSING, SERVER, "Told: a token was asked for (TAR)"],
    [18, MDES, CLICK_TO_PAY, "Here is the token"],
    [19, MDES, PROCESSING, "It is done (TCN)"],
    [20, PROCESSING, MDES, "Noted"],
    [21, PROCESSING, SERVER, "Told: the token exists (TCN)"],
    [22, CLICK_TO_PAY, APP, "Terms and conditions"],
    [23, APP, CLICK_TO_PAY, "Accepts"],
    [24, CLICK_TO_PAY, APP, "Your card is enabled"],
  ]],
  ["And back", [
    [25, APP, SERVER, "Comes back through the callback"],
    ["after", APP, SERVER, "How did it go?"],
  ]],
];

// Exchanges without a number: reading the token list is the tip after step 4, everything else comes after.
export function rowOf({ step, from, to }) {
  if (step > 0) return step;
  const reading = [from, to].every((party) => ["issuer server", "Processing"].includes(party));
  return reading ? "tip" : "after";
}
