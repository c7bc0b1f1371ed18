// Which apps of token requestors this device can open: `ios`, `android` or `web`.

const PLATFORM = chosen() ?? device();

export const platform = () => PLATFORM;

// The address may name another one, until the tab is closed: `/?platform=ios`. A bank's app knows where it runs.
function chosen() {
  const named = new URLSearchParams(location.search).get("platform") ?? sessionStorage.getItem("platform");
  if (!["ios", "android", "web"].includes(named)) return undefined;
  sessionStorage.setItem("platform", named);
  return named;
}

function device() {
  const { userAgent, maxTouchPoints } = navigator;
  // An iPad names itself a Macintosh, and is the one that can be touched.
  if (/iPhone|iPad/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1)) return "ios";
  return /Android/.test(userAgent) ? "android" : "web";
}
