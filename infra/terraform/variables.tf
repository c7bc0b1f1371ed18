# Generated from infra/template.yaml by .ci/wrappers. Do not edit.

variable "tenant" {
  description = "Name of the deployment in every stored item and log line"
  type        = string
  default     = "default"

  validation {
    condition     = can(regex("^[a-z0-9-]{1,32}$", var.tenant))
    error_message = "tenant has an invalid value."
  }
}

variable "architecture" {
  description = "Processor that the functions are built for"
  type        = string
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be one of arm64, x86_64."
  }
}

variable "log_debug_percent" {
  description = "Percentage of function instances that log at level debug"
  type        = number
  default     = 0

  validation {
    condition     = var.log_debug_percent >= 0
    error_message = "log_debug_percent must be at least 0."
  }

  validation {
    condition     = var.log_debug_percent <= 100
    error_message = "log_debug_percent must be at most 100."
  }
}

variable "log_level" {
  description = "Lowest level that is logged, or a filter such as info,runtime=debug"
  type        = string
  default     = "info"

  validation {
    condition     = can(regex("^(error|warn|info|debug)(,[a-z_:]+=(error|warn|info|debug))*$", var.log_level))
    error_message = "log_level has an invalid value."
  }
}

variable "system_log_level" {
  description = "Level of Lambda's own log lines; from INFO on it writes two or three lines about each event"
  type        = string
  default     = "WARN"

  validation {
    condition     = contains(["DEBUG", "INFO", "WARN"], var.system_log_level)
    error_message = "system_log_level must be one of DEBUG, INFO, WARN."
  }
}

variable "log_retention_days" {
  description = "Days until logs are deleted"
  type        = number
  default     = 90

  validation {
    condition     = contains([7, 14, 30, 60, 90, 180, 365, 400, 731, 1827, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of 7, 14, 30, 60, 90, 180, 365, 400, 731, 1827, 3653."
  }
}

variable "key_rotation_days" {
  description = "Days after which AWS rotates the KMS key"
  type        = number
  default     = 365

  validation {
    condition     = var.key_rotation_days >= 90
    error_message = "key_rotation_days must be at least 90."
  }

  validation {
    condition     = var.key_rotation_days <= 2560
    error_message = "key_rotation_days must be at most 2560."
  }
}

variable "alarm_email" {
  description = "Email address that receives alarms; empty for none"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^[^@\\s]+@[^@\\s]+$", var.alarm_email))
    error_message = "alarm_email has an invalid value."
  }
}

variable "metric_math" {
  description = "Whether to create alarms with metric math; false only for an AWS emulator without it"
  type        = bool
  default     = true
}

variable "deletion_protection" {
  description = "Whether the tables are protected from deletion"
  type        = bool
  default     = true
}

variable "tracing" {
  description = "Active makes X-Ray trace requests through API Gateway and functions, and their calls of Mastercard, DynamoDB and S3"
  type        = string
  default     = "PassThrough"

  validation {
    condition     = contains(["PassThrough", "Active"], var.tracing)
    error_message = "tracing must be one of PassThrough, Active."
  }
}

variable "reserved_concurrency" {
  description = "Whether to reserve and limit each function's concurrency; a new account's quota of 10 is too low for it"
  type        = bool
  default     = true
}

variable "enroll_concurrency" {
  description = "Concurrency of enroll; its processes share its part of ProcessingRequestsPerSecond"
  type        = number
  default     = 10

  validation {
    condition     = var.enroll_concurrency >= 1
    error_message = "enroll_concurrency must be at least 1."
  }
}

variable "list_cards_concurrency" {
  description = "Concurrency of list-cards; its processes share its part of ProcessingRequestsPerSecond"
  type        = number
  default     = 10

  validation {
    condition     = var.list_cards_concurrency >= 1
    error_message = "list_cards_concurrency must be at least 1."
  }
}

variable "manage_tokens_concurrency" {
  description = "Concurrency of manage-tokens; its processes share its part of ProcessingRequestsPerSecond"
  type        = number
  default     = 5

  validation {
    condition     = var.manage_tokens_concurrency >= 1
    error_message = "manage_tokens_concurrency must be at least 1."
  }
}

variable "secrets_extension_layer_arn" {
  description = "A version of the AWS Parameters and Secrets Lambda Extension; empty for AWS's latest of this region and architecture"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:layer:AWS-Parameters-and-Secrets-Lambda-Extension(-Arm64)?:[0-9]+$", var.secrets_extension_layer_arn))
    error_message = "secrets_extension_layer_arn has an invalid value."
  }
}

variable "release" {
  description = "Id of a deployment, a new one each time, such as 2601051030; its versions of the functions get the traffic. Empty to invoke what was deployed last; versions are published all the same"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[0-9A-Za-z]{0,10}$", var.release))
    error_message = "release has an invalid value."
  }
}

variable "deployment_preference" {
  description = "How a Release gets the traffic; all but AllAtOnce use CodeDeploy, which gives it back to the versions before if an alarm is raised"
  type        = string
  default     = "AllAtOnce"

  validation {
    condition     = contains(["AllAtOnce", "Canary10Percent5Minutes", "Canary10Percent10Minutes", "Canary10Percent15Minutes", "Canary10Percent30Minutes", "Linear10PercentEvery1Minute", "Linear10PercentEvery2Minutes", "Linear10PercentEvery3Minutes", "Linear10PercentEvery10Minutes"], var.deployment_preference)
    error_message = "deployment_preference must be one of AllAtOnce, Canary10Percent5Minutes, Canary10Percent10Minutes, Canary10Percent15Minutes, Canary10Percent30Minutes, Linear10PercentEvery1Minute, Linear10PercentEvery2Minutes, Linear10PercentEvery3Minutes, Linear10PercentEvery10Minutes."
  }
}

variable "code_signing_config_arn" {
  description = "Whose signatures Lambda accepts on code and layers; empty to accept unsigned code"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:code-signing-config:csc-[a-z0-9]{17}$", var.code_signing_config_arn))
    error_message = "code_signing_config_arn has an invalid value."
  }
}

variable "subnet_ids" {
  description = "Subnets of the functions; empty for no VPC"
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for each in var.subnet_ids : can(regex("^$|^subnet-[0-9a-f]{8,17}$", each))])
    error_message = "subnet_ids has an invalid value."
  }
}

variable "security_group_ids" {
  description = "Security groups of the functions in these subnets; required with SubnetIds"
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for each in var.security_group_ids : can(regex("^$|^sg-[0-9a-f]{8,17}$", each))])
    error_message = "security_group_ids has an invalid value."
  }
}

variable "jwt_issuer" {
  description = "iss of the bearer tokens; its OpenID configuration names the keys"
  type        = string

  validation {
    condition     = can(regex("^https://[^\\s]+$", var.jwt_issuer))
    error_message = "jwt_issuer has an invalid value."
  }
}

variable "jwt_audience" {
  description = "Accepted aud (or client_id) values of the bearer tokens"
  type        = list(string)
}

variable "client_id_claim" {
  description = "Claim with the cardholder's client id in Mastercard Processing; in tokens of RFC 9068 client_id is the app"
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_:./-]{1,128}$", var.client_id_claim))
    error_message = "client_id_claim has an invalid value."
  }
}

variable "read_scopes" {
  description = "Scopes of which a GET's bearer token must have one, such as enroll:read; empty for none"
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for each in var.read_scopes : can(regex("^[!#-+\\--\\[\\]-~]{0,64}$", each))])
    error_message = "read_scopes has an invalid value."
  }
}

variable "write_scopes" {
  description = "Scopes of which a POST's bearer token must have one, such as enroll:write, and a GET's to get a redirect; empty for none"
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for each in var.write_scopes : can(regex("^[!#-+\\--\\[\\]-~]{0,64}$", each))])
    error_message = "write_scopes has an invalid value."
  }
}

variable "token_write_scopes" {
  description = "Scopes of which the bearer token of a POST that changes a token must have one, such as tokens:write; empty for WriteScopes"
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for each in var.token_write_scopes : can(regex("^[!#-+\\--\\[\\]-~]{0,64}$", each))])
    error_message = "token_write_scopes has an invalid value."
  }
}

variable "step_up_acr_values" {
  description = "Values of acr, separated by commas, of which the token of an enrollment, a restart or a change of a token must have one (RFC 9470); empty for any"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^[!#-+\\--\\[\\]-~]{1,128}(,[!#-+\\--\\[\\]-~]{1,128})*$", var.step_up_acr_values))
    error_message = "step_up_acr_values has an invalid value."
  }
}

variable "step_up_methods" {
  description = "Values of amr, separated by commas, of which the token of an enrollment, a restart or a change of a token must have one; empty for any"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^[!#-+\\--\\[\\]-~]{1,128}(,[!#-+\\--\\[\\]-~]{1,128})*$", var.step_up_methods))
    error_message = "step_up_methods has an invalid value."
  }
}

variable "step_up_max_age_minutes" {
  description = "Largest age of auth_time in the token of an enrollment, a restart or a change of a token, 1 to 240 minutes; empty for any"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^([1-9][0-9]?|1[0-9][0-9]|2[0-3][0-9]|240)$", var.step_up_max_age_minutes))
    error_message = "step_up_max_age_minutes has an invalid value."
  }
}

variable "allowed_web_origins" {
  description = "Origins of the bank's web pages that may call the API (CORS), such as https://bank.example; empty for none"
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for each in var.allowed_web_origins : can(regex("^$|^https://[a-z0-9.-]+(:[0-9]+)?$", each))])
    error_message = "allowed_web_origins has an invalid value."
  }
}

variable "api_domain_name" {
  description = "Domain of the API, such as api.bank.example; empty for API Gateway's domain"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^[a-z0-9.-]{4,253}$", var.api_domain_name))
    error_message = "api_domain_name has an invalid value."
  }
}

variable "api_certificate_arn" {
  description = "Certificate of that domain in this region; if EdgeFor is all, issued by ACM (not imported, not of a private authority)"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:acm:.+$", var.api_certificate_arn))
    error_message = "api_certificate_arn has an invalid value."
  }
}

variable "edge_for" {
  description = "Routes with CloudFront and WAF in front of them; public is the callback, the only one that serves callers without a token"
  type        = string
  default     = "none"

  validation {
    condition     = contains(["none", "public", "all"], var.edge_for)
    error_message = "edge_for must be one of none, public, all."
  }
}

variable "api_edge_domain_name" {
  description = "Domain of the CloudFront distribution; required with EdgeFor"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^[a-z0-9.-]{4,253}$", var.api_edge_domain_name))
    error_message = "api_edge_domain_name has an invalid value."
  }
}

variable "api_edge_certificate_arn" {
  description = "Certificate of that domain, in us-east-1 as CloudFront requires"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/.+$", var.api_edge_certificate_arn))
    error_message = "api_edge_certificate_arn has an invalid value."
  }
}

variable "api_web_acl_arn" {
  description = "ARN of the WAF rules, an output of edge.yaml"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:wafv2:us-east-1:[0-9]{12}:global/webacl/.+$", var.api_web_acl_arn))
    error_message = "api_web_acl_arn has an invalid value."
  }
}

variable "api_edge_client_certificate_arn" {
  description = "Client certificate, in us-east-1, with which CloudFront identifies itself to its origin"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/.+$", var.api_edge_client_certificate_arn))
    error_message = "api_edge_client_certificate_arn has an invalid value."
  }
}

variable "api_edge_trust_store_uri" {
  description = "S3 URI of the authority (PEM) that signs that certificate and no other"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^s3://.+\\.pem$", var.api_edge_trust_store_uri))
    error_message = "api_edge_trust_store_uri has an invalid value."
  }
}

variable "api_edge_trust_store_version" {
  description = "Object version of that file; a new file is used only after this changes"
  type        = string
  default     = ""
}

variable "callback_domain_name" {
  description = "Domain of the callback's own API, CloudFront's origin; required if EdgeFor is public"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^[a-z0-9.-]{4,253}$", var.callback_domain_name))
    error_message = "callback_domain_name has an invalid value."
  }
}

variable "callback_certificate_arn" {
  description = "Certificate of that domain in this region, issued by ACM (not imported, not of a private authority)"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:acm:.+$", var.callback_certificate_arn))
    error_message = "callback_certificate_arn has an invalid value."
  }
}

variable "requests_per_second" {
  description = "Requests per second above which each API answers 429"
  type        = number
  default     = 50

  validation {
    condition     = var.requests_per_second >= 1
    error_message = "requests_per_second must be at least 1."
  }
}

variable "notification_domain_name" {
  description = "Domain of the notification endpoint, such as notifications.bank.example; empty for no endpoint"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^[a-z0-9.-]{4,253}$", var.notification_domain_name))
    error_message = "notification_domain_name has an invalid value."
  }
}

variable "notification_certificate_arn" {
  description = "Certificate of that domain in this region, issued by ACM (not imported, not of a private authority)"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:acm:.+$", var.notification_certificate_arn))
    error_message = "notification_certificate_arn has an invalid value."
  }
}

variable "notification_trust_store_uri" {
  description = "S3 URI of a PEM bundle of the authorities that sign Mastercard's client certificates"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^s3://.+\\.pem$", var.notification_trust_store_uri))
    error_message = "notification_trust_store_uri has an invalid value."
  }
}

variable "notification_trust_store_version" {
  description = "Object version of the bundle; a new bundle is used only after this changes"
  type        = string
  default     = ""
}

variable "notification_client_subjects" {
  description = "Subject DNs of the accepted client certificates, the active and the standby one, separated by semicolons"
  type        = string
  default     = ""
}

variable "notification_client_issuers" {
  description = "Issuer DNs of the accepted client certificates, separated by semicolons; empty for any of the trust store"
  type        = string
  default     = ""
}

variable "notification_client_key_pins" {
  description = "SHA-256 of the public keys of the accepted client certificates, separated by commas; empty for any"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^[0-9A-Fa-f]{64}(,[0-9A-Fa-f]{64})*$", var.notification_client_key_pins))
    error_message = "notification_client_key_pins has an invalid value."
  }
}

variable "notification_shared_secret" {
  description = "ARN of the shared secret that notifications also carry; empty for none"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+$", var.notification_shared_secret))
    error_message = "notification_shared_secret has an invalid value."
  }
}

variable "notification_next_shared_secret" {
  description = "ARN of the secret that will replace the shared one; empty for none (provisional)"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+$", var.notification_next_shared_secret))
    error_message = "notification_next_shared_secret has an invalid value."
  }
}

variable "notification_signer_certificate" {
  description = "ARN of the certificate (PEM) that notifications are signed with as JWS; empty if they are not signed (provisional)"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+$", var.notification_signer_certificate))
    error_message = "notification_signer_certificate has an invalid value."
  }
}

variable "notification_next_signer_certificate" {
  description = "ARN of the next signing certificate; empty for none (provisional)"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+$", var.notification_next_signer_certificate))
    error_message = "notification_next_signer_certificate has an invalid value."
  }
}

variable "notification_decryption_key" {
  description = "ARN of the bank's key that decrypts notifications; empty if they are not encrypted (provisional)"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+$", var.notification_decryption_key))
    error_message = "notification_decryption_key has an invalid value."
  }
}

variable "notification_decryption_key_password" {
  description = "ARN of the key's password if it is a .p12; empty for PEM (provisional)"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+$", var.notification_decryption_key_password))
    error_message = "notification_decryption_key_password has an invalid value."
  }
}

variable "notification_next_decryption_key" {
  description = "ARN of the next decryption key; empty for none (provisional)"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+$", var.notification_next_decryption_key))
    error_message = "notification_next_decryption_key has an invalid value."
  }
}

variable "notification_next_decryption_key_password" {
  description = "ARN of the key's password if it is a .p12; empty for PEM (provisional)"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+$", var.notification_next_decryption_key_password))
    error_message = "notification_next_decryption_key_password has an invalid value."
  }
}

variable "notification_quarantine_certificate" {
  description = "ARN of the certificate (PEM) that unreadable notifications are encrypted for before they are kept; empty to keep none"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+$", var.notification_quarantine_certificate))
    error_message = "notification_quarantine_certificate has an invalid value."
  }
}

variable "app_links" {
  description = "App links that the callback may redirect to, such as mobile-app=bankapp://click-to-pay,web-bank=https://bank.example/click-to-pay"
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9-]+=[^,\\s]+(,[a-z0-9-]+=[^,\\s]+)*$", var.app_links))
    error_message = "app_links has an invalid value."
  }
}

variable "allowed_redirect_origins" {
  description = "Allowed origins of redirects, by token requestor id; an id may repeat"
  type        = string
  default     = "50123197928=https://sandbox.src.mastercard.com"

  validation {
    condition     = can(regex("^[0-9]{11}=https?://[^,\\s/]+(,[0-9]{11}=https?://[^,\\s/]+)*$", var.allowed_redirect_origins))
    error_message = "allowed_redirect_origins has an invalid value."
  }
}

variable "refresh_every" {
  description = "Schedule of the refresh (steps 1 to 4); a rate also runs right after the first deployment"
  type        = string
  default     = "rate(14 days)"

  validation {
    condition     = can(regex("^(rate|cron)\\(.+\\)$", var.refresh_every))
    error_message = "refresh_every has an invalid value."
  }
}

variable "reconcile_every" {
  description = "Schedule of the reconciliation of enrollments without a final notification"
  type        = string
  default     = "rate(5 minutes)"

  validation {
    condition     = can(regex("^(rate|cron)\\(.+\\)$", var.reconcile_every))
    error_message = "reconcile_every has an invalid value."
  }
}

variable "featured_token_requestors" {
  description = "Ids of the token requestors that are listed first, in this order; default Click to Pay"
  type        = string
  default     = "50123197928"

  validation {
    condition     = can(regex("^([0-9]{11}(,[0-9]{11})*)?$", var.featured_token_requestors))
    error_message = "featured_token_requestors has an invalid value."
  }
}

variable "catalog_locale" {
  description = "Language whose rules sort the other token requestors, as a BCP 47 tag such as de or sv-SE; und for none"
  type        = string
  default     = "und"

  validation {
    condition     = can(regex("^[A-Za-z0-9]{2,8}(-[A-Za-z0-9]{1,8})*$", var.catalog_locale))
    error_message = "catalog_locale has an invalid value."
  }
}

variable "largest_drop_percent" {
  description = "A refresh that would hide a larger percentage of the token requestors or of their account ranges, or cannot read that many, changes nothing unless forced"
  type        = number
  default     = 30

  validation {
    condition     = var.largest_drop_percent >= 0
    error_message = "largest_drop_percent must be at least 0."
  }

  validation {
    condition     = var.largest_drop_percent <= 100
    error_message = "largest_drop_percent must be at most 100."
  }
}

variable "logo_domain_name" {
  description = "Domain of the logos, such as logos.bank.example; empty for CloudFront's domain"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^[a-z0-9.-]{4,253}$", var.logo_domain_name))
    error_message = "logo_domain_name has an invalid value."
  }
}

variable "logo_certificate_arn" {
  description = "Certificate of that domain, in us-east-1 as CloudFront requires"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/.+$", var.logo_certificate_arn))
    error_message = "logo_certificate_arn has an invalid value."
  }
}

variable "account_ranges" {
  description = "Starts of the bank's account ranges as enabled in MDES, 9 to 19 digits each, separated by commas"
  type        = string

  validation {
    condition     = can(regex("^[0-9]{9,19}(,[0-9]{9,19})*$", var.account_ranges))
    error_message = "account_ranges has an invalid value."
  }
}

variable "default_token_requestor_id" {
  description = "Token requestor to push to when the app names none; default Click to Pay"
  type        = string
  default     = "50123197928"

  validation {
    condition     = can(regex("^[0-9]{11}$", var.default_token_requestor_id))
    error_message = "default_token_requestor_id has an invalid value."
  }
}

variable "receipts_validity_minutes" {
  description = "Lifetime of a push account receipt, and so of the redirect, in minutes"
  type        = number
  default     = 15

  validation {
    condition     = var.receipts_validity_minutes >= 5
    error_message = "receipts_validity_minutes must be at least 5."
  }

  validation {
    condition     = var.receipts_validity_minutes <= 15
    error_message = "receipts_validity_minutes must be at most 15."
  }
}

variable "redirect_keys" {
  description = "ARN of the keys that seal redirects in the table, separated by commas; the first one seals"
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:secretsmanager:[^#]+$", var.redirect_keys))
    error_message = "redirect_keys has an invalid value."
  }
}

variable "enrollment_retention_days" {
  description = "Days after its last change on which an enrollment that is final is deleted"
  type        = number
  default     = 400

  validation {
    condition     = var.enrollment_retention_days >= 90
    error_message = "enrollment_retention_days must be at least 90."
  }

  validation {
    condition     = var.enrollment_retention_days <= 3650
    error_message = "enrollment_retention_days must be at most 3650."
  }
}

variable "status_events" {
  description = "Which changes of an enrollment's status become events, all or those with which it ends; outcomes are a quarter of them"
  type        = string
  default     = "outcomes"

  validation {
    condition     = contains(["all", "outcomes"], var.status_events)
    error_message = "status_events must be one of all, outcomes."
  }
}

variable "audit_trail" {
  description = "Whether each write of an enrollment, and who made it, is kept in a bucket with Object Lock"
  type        = string
  default     = "off"

  validation {
    condition     = contains(["on", "off"], var.audit_trail)
    error_message = "audit_trail must be one of on, off."
  }
}

variable "audit_retention_days" {
  description = "Days for which lines of the audit trail cannot be deleted, and after which they are"
  type        = number
  default     = 400

  validation {
    condition     = var.audit_retention_days >= 1
    error_message = "audit_retention_days must be at least 1."
  }

  validation {
    condition     = var.audit_retention_days <= 36500
    error_message = "audit_retention_days must be at most 36500."
  }
}

variable "audit_lock_mode" {
  description = "COMPLIANCE lets nobody, not even the root user, shorten the retention; GOVERNANCE those with s3:BypassGovernanceRetention"
  type        = string
  default     = "GOVERNANCE"

  validation {
    condition     = contains(["GOVERNANCE", "COMPLIANCE"], var.audit_lock_mode)
    error_message = "audit_lock_mode must be one of GOVERNANCE, COMPLIANCE."
  }
}

variable "maintenance" {
  description = "Whether requests to enable a card are answered 503 maintenance; everything else goes on"
  type        = string
  default     = "off"

  validation {
    condition     = contains(["on", "off"], var.maintenance)
    error_message = "maintenance must be one of on, off."
  }
}

variable "enrollment_limits" {
  description = "Whether enrollments and restarts of a client are limited"
  type        = string
  default     = "on"

  validation {
    condition     = contains(["on", "off"], var.enrollment_limits)
    error_message = "enrollment_limits must be one of on, off."
  }
}

variable "client_limit_per_hour" {
  description = "Most enrollments and restarts of a client an hour"
  type        = number
  default     = 20

  validation {
    condition     = var.client_limit_per_hour >= 1
    error_message = "client_limit_per_hour must be at least 1."
  }

  validation {
    condition     = var.client_limit_per_hour <= 255
    error_message = "client_limit_per_hour must be at most 255."
  }
}

variable "client_limit_per_day" {
  description = "Most enrollments and restarts of a client a day"
  type        = number
  default     = 50

  validation {
    condition     = var.client_limit_per_day >= 1
    error_message = "client_limit_per_day must be at least 1."
  }

  validation {
    condition     = var.client_limit_per_day <= 255
    error_message = "client_limit_per_day must be at most 255."
  }
}

variable "card_limit_per_hour" {
  description = "Most enrollments and restarts for one card of a client an hour"
  type        = number
  default     = 10

  validation {
    condition     = var.card_limit_per_hour >= 1
    error_message = "card_limit_per_hour must be at least 1."
  }

  validation {
    condition     = var.card_limit_per_hour <= 31
    error_message = "card_limit_per_hour must be at most 31."
  }
}

variable "card_limit_per_day" {
  description = "Most enrollments and restarts for one card of a client a day"
  type        = number
  default     = 20

  validation {
    condition     = var.card_limit_per_day >= 1
    error_message = "card_limit_per_day must be at least 1."
  }

  validation {
    condition     = var.card_limit_per_day <= 31
    error_message = "card_limit_per_day must be at most 31."
  }
}

variable "consent_max_age_hours" {
  description = "How long before an enrollment the cardholder may have accepted the bank's terms, in hours"
  type        = number
  default     = 24

  validation {
    condition     = var.consent_max_age_hours >= 1
    error_message = "consent_max_age_hours must be at least 1."
  }

  validation {
    condition     = var.consent_max_age_hours <= 168
    error_message = "consent_max_age_hours must be at most 168."
  }
}

variable "terms_versions" {
  description = "Versions of the bank's terms that cardholders may accept, separated by commas, such as 2026-01=2026-01-01T00:00:00Z; empty for any"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^[^,=]{1,64}(=[0-9T:.+Z-]{17,35})?(,[^,=]{1,64}(=[0-9T:.+Z-]{17,35})?)*$", var.terms_versions))
    error_message = "terms_versions has an invalid value."
  }
}

variable "enroll_timeout_seconds" {
  description = "How long the app waits for the answer to an enrollment, in seconds"
  type        = number
  default     = 10

  validation {
    condition     = var.enroll_timeout_seconds >= 2
    error_message = "enroll_timeout_seconds must be at least 2."
  }

  validation {
    condition     = var.enroll_timeout_seconds <= 25
    error_message = "enroll_timeout_seconds must be at most 25."
  }
}

variable "unsigned_redirects" {
  description = "Ids of token requestors that may receive receipts without a signature, as before 2023; normally none"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^([0-9]{11}(,[0-9]{11})*)?$", var.unsigned_redirects))
    error_message = "unsigned_redirects has an invalid value."
  }
}

variable "mastercard_environment" {
  description = "Mastercard environment of the base URLs; required only for unpublished hosts"
  type        = string
  default     = ""

  validation {
    condition     = contains(["", "sandbox", "mtf", "production", "local"], var.mastercard_environment)
    error_message = "mastercard_environment must be one of , sandbox, mtf, production, local."
  }
}

variable "mastercard_extra_ca_certs" {
  description = "ARN of PEM certificates to trust in addition to Mozilla's, for a proxy that terminates TLS"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+$", var.mastercard_extra_ca_certs))
    error_message = "mastercard_extra_ca_certs has an invalid value."
  }
}

variable "token_connect_url" {
  description = "Base URL of MDES Token Connect"
  type        = string
  default     = "https://sandbox.api.mastercard.com/mdes"

  validation {
    condition     = can(regex("^(https://|http://127\\.0\\.0\\.1:)[^\\s]+[^/\\s]$", var.token_connect_url))
    error_message = "token_connect_url has an invalid value."
  }
}

variable "token_connect_consumer_key" {
  description = "Consumer key of the Mastercard Developers project; not a secret"
  type        = string

  validation {
    condition     = can(regex("^[!-~]{1,256}$", var.token_connect_consumer_key))
    error_message = "token_connect_consumer_key has an invalid value."
  }
}

variable "token_connect_signing_key" {
  description = "ARN of the OAuth 1.0a signing key"
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$", var.token_connect_signing_key))
    error_message = "token_connect_signing_key has an invalid value."
  }
}

variable "token_connect_signing_key_password" {
  description = "ARN of the signing key's password, if it is a .p12"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$", var.token_connect_signing_key_password))
    error_message = "token_connect_signing_key_password has an invalid value."
  }
}

variable "token_connect_signature_method" {
  description = "Signature method of requests"
  type        = string
  default     = "RSA-SHA256"

  validation {
    condition     = contains(["RSA-SHA256", "RSA-PSS"], var.token_connect_signature_method)
    error_message = "token_connect_signature_method must be one of RSA-SHA256, RSA-PSS."
  }
}

variable "token_connect_next_consumer_key" {
  description = "Consumer key of the next key set"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[!-~]{0,256}$", var.token_connect_next_consumer_key))
    error_message = "token_connect_next_consumer_key has an invalid value."
  }
}

variable "token_connect_next_signing_key" {
  description = "ARN of the next signing key"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$", var.token_connect_next_signing_key))
    error_message = "token_connect_next_signing_key has an invalid value."
  }
}

variable "token_connect_next_signing_key_password" {
  description = "ARN of that key's password, if it is a .p12"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$", var.token_connect_next_signing_key_password))
    error_message = "token_connect_next_signing_key_password has an invalid value."
  }
}

variable "client_encryption_certificate" {
  description = "ARN of Token Connect's Client Encryption Key certificate, with which Processing encrypts cards"
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$", var.client_encryption_certificate))
    error_message = "client_encryption_certificate has an invalid value."
  }
}

variable "processing_url" {
  description = "Base URL of Mastercard Processing Digital"
  type        = string
  default     = "https://sandbox.api.mastercard.com/global-processing/digital"

  validation {
    condition     = can(regex("^(https://|http://127\\.0\\.0\\.1:)[^\\s]+[^/\\s]$", var.processing_url))
    error_message = "processing_url has an invalid value."
  }
}

variable "processing_consumer_key" {
  description = "Consumer key of the Mastercard Developers project; not a secret"
  type        = string

  validation {
    condition     = can(regex("^[!-~]{1,256}$", var.processing_consumer_key))
    error_message = "processing_consumer_key has an invalid value."
  }
}

variable "processing_signing_key" {
  description = "ARN of the OAuth 1.0a signing key"
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$", var.processing_signing_key))
    error_message = "processing_signing_key has an invalid value."
  }
}

variable "processing_signing_key_password" {
  description = "ARN of the signing key's password, if it is a .p12"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$", var.processing_signing_key_password))
    error_message = "processing_signing_key_password has an invalid value."
  }
}

variable "processing_signature_method" {
  description = "Signature method of requests"
  type        = string
  default     = "RSA-SHA256"

  validation {
    condition     = contains(["RSA-SHA256", "RSA-PSS"], var.processing_signature_method)
    error_message = "processing_signature_method must be one of RSA-SHA256, RSA-PSS."
  }
}

variable "processing_next_consumer_key" {
  description = "Consumer key of the next key set"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[!-~]{0,256}$", var.processing_next_consumer_key))
    error_message = "processing_next_consumer_key has an invalid value."
  }
}

variable "processing_next_signing_key" {
  description = "ARN of the next signing key"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$", var.processing_next_signing_key))
    error_message = "processing_next_signing_key has an invalid value."
  }
}

variable "processing_next_signing_key_password" {
  description = "ARN of that key's password, if it is a .p12"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$", var.processing_next_signing_key_password))
    error_message = "processing_next_signing_key_password has an invalid value."
  }
}

variable "processing_requests_per_second" {
  description = "Requests per second that Processing accepts from the bank's client id, over all functions"
  type        = number
  default     = 30

  validation {
    condition     = var.processing_requests_per_second >= 1
    error_message = "processing_requests_per_second must be at least 1."
  }

  validation {
    condition     = var.processing_requests_per_second <= 1000
    error_message = "processing_requests_per_second must be at most 1000."
  }
}

variable "processing_jwe" {
  description = "Whether bodies to and from Processing are encrypted as JWE"
  type        = string
  default     = "on"

  validation {
    condition     = contains(["on", "off"], var.processing_jwe)
    error_message = "processing_jwe must be one of on, off."
  }
}

variable "processing_jwe_field" {
  description = "Field of a request to Processing that holds the encrypted body (provisional); responses are read with each of them"
  type        = string
  default     = "encryptedData"

  validation {
    condition     = contains(["encryptedData", "encryptedPayload", "encryptedValue"], var.processing_jwe_field)
    error_message = "processing_jwe_field must be one of encryptedData, encryptedPayload, encryptedValue."
  }
}

variable "processing_encryption_certificate" {
  description = "ARN of Mastercard's certificate that encrypts requests to Processing"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$", var.processing_encryption_certificate))
    error_message = "processing_encryption_certificate has an invalid value."
  }
}

variable "processing_decryption_key" {
  description = "ARN of the bank's key that decrypts Processing's responses"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$", var.processing_decryption_key))
    error_message = "processing_decryption_key has an invalid value."
  }
}

variable "processing_decryption_key_password" {
  description = "ARN of that key's password, if it is a .p12"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$", var.processing_decryption_key_password))
    error_message = "processing_decryption_key_password has an invalid value."
  }
}

variable "processing_next_decryption_key" {
  description = "ARN of the next decryption key"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$", var.processing_next_decryption_key))
    error_message = "processing_next_decryption_key has an invalid value."
  }
}

variable "processing_next_decryption_key_password" {
  description = "ARN of that key's password, if it is a .p12"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$", var.processing_next_decryption_key_password))
    error_message = "processing_next_decryption_key_password has an invalid value."
  }
}

variable "processing_token_statuses" {
  description = "Mastercard's word for each change of a token; provisional, only RESUME is published"
  type        = string
  default     = "suspend=SUSPEND,resume=RESUME,remove=DEACTIVATE"

  validation {
    condition     = can(regex("^(suspend|resume|remove)=[A-Za-z0-9_]{1,32}(,(suspend|resume|remove)=[A-Za-z0-9_]{1,32}){0,2}$", var.processing_token_statuses))
    error_message = "processing_token_statuses has an invalid value."
  }
}

variable "processing_search_shape" {
  description = "Which of the inferred request shapes of funding-accounts/searches to use (provisional)"
  type        = string
  default     = "nested"

  validation {
    condition     = contains(["nested", "flat", "nested:callbackUrl", "flat:callbackUrl"], var.processing_search_shape)
    error_message = "processing_search_shape must be one of nested, flat, nested:callbackUrl, flat:callbackUrl."
  }
}
