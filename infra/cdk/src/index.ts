// Deploys infra/template.yaml as a nested stack. The template stays the only description of the functions: this construct adds types and
// rules for its parameters.

import { CfnStack } from "aws-cdk-lib";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import { Construct } from "constructs";
import { type ClickToPayIssuerParameters, RULES, type Rule } from "./parameters.ts";

export type { ClickToPayIssuerParameters } from "./parameters.ts";

export interface ClickToPayIssuerProps extends ClickToPayIssuerParameters {
  /** Path of the template that `sam package` wrote, which names the functions' zips in S3. */
  readonly template: string;
}

/** The issuer server for Click to Pay. */
export class ClickToPayIssuer extends Construct {
  private readonly stack: CfnStack;

  /** Throws an error that names every parameter with an invalid value. */
  constructor(scope: Construct, id: string, props: ClickToPayIssuerProps) {
    super(scope, id);
    const { template, ...given } = props;
    const values = Object.entries(given).filter(([, value]) => value !== undefined);
    const parameters = Object.fromEntries(values.map(([name, value]) => [name[0].toUpperCase() + name.slice(1), value]));
    const problems = Object.entries(RULES).flatMap(([name, rule]) => problem(name, rule, parameters[name]));
    if (problems.length > 0) throw new Error(`parameters: ${problems.join("; ")}`);
    const asset = new Asset(this, "Template", { path: template });
    const texts = Object.entries(parameters).map(([name, value]) => [name, String(value)]);
    this.stack = new CfnStack(this, "Stack", { templateUrl: asset.httpUrl, parameters: Object.fromEntries(texts) });
  }

  /** An output of the template, such as `ApiUrl`. */
  output(name: string): string {
    return this.stack.getAtt(`Outputs.${name}`).toString();
  }
}

/** What is wrong with a parameter's value, if anything. Tokens are known at deployment only. */
function problem(name: string, rule: Rule, value: unknown): string[] {
  if (value === undefined) return rule.required ? [`${name} is missing`] : [];
  const invalid = (Array.isArray(value) ? value : [value]).some((each) => {
    const text = String(each);
    if (text.includes("${Token[")) return false;
    const number = Number(each);
    return (rule.pattern !== undefined && !new RegExp(rule.pattern).test(text))
      || (rule.values !== undefined && !rule.values.map(String).includes(text))
      || (rule.minimum !== undefined && !(number >= rule.minimum))
      || (rule.maximum !== undefined && !(number <= rule.maximum));
  });
  return invalid ? [`${name} has an invalid value`] : [];
}
