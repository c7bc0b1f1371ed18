# The issuer server for Click to Pay as a Terraform or OpenTofu module. It deploys infra/template.yaml, which stays the only description
# of the functions; this module adds types and rules for its parameters. See README.md.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "stack_name" {
  description = "Name of the CloudFormation stack"
  type        = string
  default     = "click-to-pay"
}

variable "template_url" {
  description = "https URL in S3 of the template that `sam package` wrote"
  type        = string

  validation {
    condition     = can(regex("^https://[^/]+\\.s3[.-][^/]*amazonaws\\.com(\\.cn)?/.+$", var.template_url))
    error_message = "template_url must be an https URL of an object in S3: CloudFormation accepts no larger template otherwise."
  }
}

variable "role_arn" {
  description = "ARN of the role with which CloudFormation creates the resources; by default the caller's rights"
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of the stack and of what it creates"
  type        = map(string)
  default     = {}
}

resource "aws_cloudformation_stack" "this" {
  name         = var.stack_name
  template_url = var.template_url
  parameters   = local.parameters
  capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
  iam_role_arn = var.role_arn
  tags         = var.tags
}

output "outputs" {
  description = "The template's outputs, such as ApiUrl"
  value       = aws_cloudformation_stack.this.outputs
}

output "stack_id" {
  description = "ARN of the stack"
  value       = aws_cloudformation_stack.this.id
}
