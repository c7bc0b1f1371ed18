import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { App, CfnOutput, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { ClickToPayIssuer, type ClickToPayIssuerProps } from "../src/index.ts";

const template = "../template.yaml";
const arn = (name: string) => `arn:aws:secretsmanager:eu-west-1:111122223333:secret:sandbox/click-to-pay/${name}-AbCdEf`;
const props: ClickToPayIssuerProps = {
  template,
  tokenConnectConsumerKey: "sandbox:example!example",
  processingConsumerKey: "sandbox:example!example",
  tokenConnectSigningKey: arn("token-connect-signing-key"),
  clientEncryptionCertificate: arn("client-encryption-certificate"),
  processingSigningKey: arn("processing-signing-key"),
  redirectKeys: arn("redirect-keys"),
  accountRanges: "5555550000000000000",
  jwtIssuer: "https://login.sandbox.bank.example",
  jwtAudience: ["bank-app", "bank-web"],
  clientIdClaim: "processing_client_id",
  appLinks: "mobile-app=bankapp://click-to-pay",
  reservedConcurrency: false,
  logRetentionDays: 14,
  secretsExtensionLayerArn: "arn:aws:lambda:eu-west-1:111122223333:layer:AWS-Parameters-and-Secrets-Lambda-Extension-Arm64:1",
};

test("the template is deployed as it is, with typed parameters as CloudFormation takes them", () => {
  const outdir = mkdtempSync(join(tmpdir(), "cdk-"));
  const app = new App({ outdir });
  const stack = new Stack(app, "Bank");
  const issuer = new ClickToPayIssuer(stack, "ClickToPay", props);
  new CfnOutput(stack, "ApiUrl", { value: issuer.output("ApiUrl") });
  const synthesized = Template.fromStack(stack);
  synthesized.hasResourceProperties("AWS::CloudFormation::Stack", {
    Parameters: { JwtAudience: "bank-app,bank-web", ReservedConcurrency: "false", LogRetentionDays: "14", AccountRanges: props.accountRanges },
  });
  synthesized.resourceCountIs("AWS::CloudFormation::Stack", 1);
  app.synth();
  const assets = readdirSync(outdir).filter((file) => file.startsWith("asset.")).map((file) => readFileSync(join(outdir, file), "utf8"));
  assert.deepEqual(assets, [readFileSync(template, "utf8")]);
});

test("every invalid parameter is named before anything is deployed", () => {
  const wrong = { ...props, jwtIssuer: "http://login.bank.example", logDebugPercent: 101, redirectKeys: "a key" };
  const construct = () => new ClickToPayIssuer(new Stack(new App(), "Bank"), "ClickToPay", wrong);
  assert.throws(construct, /parameters: .*LogDebugPercent.*JwtIssuer.*RedirectKeys has an invalid value$/);
  const { accountRanges: _, ...incomplete } = props;
  const missing = () => new ClickToPayIssuer(new Stack(new App(), "Bank"), "ClickToPay", incomplete as ClickToPayIssuerProps);
  assert.throws(missing, /AccountRanges is missing/);
});
