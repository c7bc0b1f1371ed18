// HTTP with connections that stay open. `fetch` would load undici, which makes a start slower.
import http from "node:http";
import https from "node:https";

const PROTOCOLS = {
  "http:": { request: http.request, agent: new http.Agent({ keepAlive: true }) },
  "https:": { request: https.request, agent: new https.Agent({ keepAlive: true }) },
};

/** Sends a request; returns status, headers and text of its response. */
export function call(method, url, headers = {}, body = "") {
  const { request, agent } = PROTOCOLS[new URL(url).protocol];
  return new Promise((resolve, reject) => {
    const length = method === "GET" ? {} : { "content-length": Buffer.byteLength(body) };
    const sent = request(url, { method, agent, headers: { ...headers, ...length } }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode, headers: response.headers, body: text });
      });
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
