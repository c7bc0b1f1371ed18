// The Lambda Runtime API, in place of `aws-lambda-ric`, whose native part would have to be compiled.
import { handler } from "./enroll.js";
import { call } from "./http.js";

const RUNTIME = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

async function serve(handle) {
  for (;;) {
    const { headers, body } = await call("GET", `${RUNTIME}/invocation/next`);
    const id = headers["lambda-runtime-aws-request-id"];
    const deadline = Number(headers["lambda-runtime-deadline-ms"]);
    const context = { awsRequestId: id, getRemainingTimeInMillis: () => deadline - Date.now() };
    try {
      const response = await handle(JSON.parse(body), context);
      await call("POST", `${RUNTIME}/invocation/${id}/response`, {}, JSON.stringify(response));
    } catch (error) {
      await call("POST", `${RUNTIME}/invocation/${id}/error`, {}, failure(error));
    }
  }
}

function failure(error) {
  return JSON.stringify({ errorType: error.name, errorMessage: error.message });
}

handler().then(serve).catch(async (error) => {
  await call("POST", `${RUNTIME}/init/error`, {}, failure(error));
  process.exit(1);
});
