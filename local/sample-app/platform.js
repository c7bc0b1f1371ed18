// Which apps of token requestors this device can open: `ios`, `android` or `web`.

// The address may name another one, until the tab is closed: `/?platform=ios`. A bank's app knows where it runs.
export function platform() {
  const chosen = new URLSearchParams(location.search).get("platform") ?? sessionStorage.getItem("platform");
  if (["ios", "android", "web"].includes(chosen)) {
    sessionStorage.setItem("platform", chosen);
    return chosen;
  }
  const device = navigator.userAgent;
  // An iPad names itself a Macintosh, and is the one that can be touched.
  if (/iPhone|iPad/.test(device) || (/Macintosh/.test(device) && navigator.maxTouchPoints > 1)) return "ios";
  return /Android/.test(device) ? "android" : "web";
}
