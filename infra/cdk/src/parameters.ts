// Generated from infra/template.yaml by .ci/wrappers. Do not edit.

/** The parameters of infra/template.yaml. */
export interface ClickToPayIssuerParameters {
  /** Name of the deployment in every stored item and log line @default "default" */
  readonly tenant?: string;
  /** Processor that the functions are built for @default "arm64" */
  readonly architecture?: "arm64" | "x86_64";
  /** Percentage of function instances that log at level debug @default 0 */
  readonly logDebugPercent?: number;
  /** Lowest level that is logged, or a filter such as info,runtime=debug @default "info" */
  readonly logLevel?: string;
  /** Level of Lambda's own log lines; from INFO on it writes two or three lines about each event @default "WARN" */
  readonly systemLogLevel?: "DEBUG" | "INFO" | "WARN";
  /** Days until logs are deleted @default 90 */
  readonly logRetentionDays?: number;
  /** Days after which AWS rotates the KMS key @default 365 */
  readonly keyRotationDays?: number;
  /** Email address that receives alarms; empty for none @default "" */
  readonly alarmEmail?: string;
  /** Whether to create alarms with metric math; false only for an AWS emulator without it @default true */
  readonly metricMath?: boolean;
  /** Whether the tables are protected from deletion @default true */
  readonly deletionProtection?: boolean;
  /** Active makes X-Ray trace requests through API Gateway and functions, and their calls of Mastercard, DynamoDB and S3 @default "PassThrough" */
  readonly tracing?: "PassThrough" | "Active";
  /** Whether to reserve and limit each function's concurrency; a new account's quota of 10 is too low for it @default true */
  readonly reservedConcurrency?: boolean;
  /** Concurrency of enroll; its processes share its part of ProcessingRequestsPerSecond @default 10 */
  readonly enrollConcurrency?: number;
  /** Concurrency of list-cards; its processes share its part of ProcessingRequestsPerSecond @default 10 */
  readonly listCardsConcurrency?: number;
  /** Concurrency of manage-tokens; its processes share its part of ProcessingRequestsPerSecond @default 5 */
  readonly manageTokensConcurrency?: number;
  /** A version of the AWS Parameters and Secrets Lambda Extension; empty for AWS's latest of this region and architecture @default "" */
  readonly secretsExtensionLayerArn?: string;
  /** Id of a deployment, a new one each time, such as 2601051030; its versions of the functions get the traffic. Empty to invoke what was deployed last; versions are published all the same @default "" */
  readonly release?: string;
  /** How a Release gets the traffic; all but AllAtOnce use CodeDeploy, which gives it back to the versions before if an alarm is raised @default "AllAtOnce" */
  readonly deploymentPreference?: "AllAtOnce" | "Canary10Percent5Minutes" | "Canary10Percent10Minutes" | "Canary10Percent15Minutes" | "Canary10Percent30Minutes" | "Linear10PercentEvery1Minute" | "Linear10PercentEvery2Minutes" | "Linear10PercentEvery3Minutes" | "Linear10PercentEvery10Minutes";
  /** Whose signatures Lambda accepts on code and layers; empty to accept unsigned code @default "" */
  readonly codeSigningConfigArn?: string;
  /** Subnets of the functions; empty for no VPC @default [] */
  readonly subnetIds?: readonly string[];
  /** Security groups of the functions in these subnets; required with SubnetIds @default [] */
  readonly securityGroupIds?: readonly string[];
  /** iss of the bearer tokens; its OpenID configuration names the keys */
  readonly jwtIssuer: string;
  /** Accepted aud (or client_id) values of the bearer tokens */
  readonly jwtAudience: readonly string[];
  /** Claim with the cardholder's client id in Mastercard Processing; in tokens of RFC 9068 client_id is the app */
  readonly clientIdClaim: string;
  /** Scopes of which a GET's bearer token must have one, such as enroll:read; empty for none @default [] */
  readonly readScopes?: readonly string[];
  /** Scopes of which a POST's bearer token must have one, such as enroll:write, and a GET's to get a redirect; empty for none @default [] */
  readonly writeScopes?: readonly string[];
  /** Scopes of which the bearer token of a POST that changes a token must have one, such as tokens:write; empty for WriteScopes @default [] */
  readonly tokenWriteScopes?: readonly string[];
  /** Values of acr, separated by commas, of which the token of an enrollment, a restart or a change of a token must have one (RFC 9470); empty for any @default "" */
  readonly stepUpAcrValues?: string;
  /** Values of amr, separated by commas, of which the token of an enrollment, a restart or a change of a token must have one; empty for any @default "" */
  readonly stepUpMethods?: string;
  /** Largest age of auth_time in the token of an enrollment, a restart or a change of a token, 1 to 240 minutes; empty for any @default "" */
  readonly stepUpMaxAgeMinutes?: string;
  /** Origins of the bank's web pages that may call the API (CORS), such as https://bank.example; empty for none @default [] */
  readonly allowedWebOrigins?: readonly string[];
  /** Domain of the API, such as api.bank.example; empty for API Gateway's domain @default "" */
  readonly apiDomainName?: string;
  /** Certificate of that domain in this region; if EdgeFor is all, issued by ACM (not imported, not of a private authority) @default "" */
  readonly apiCertificateArn?: string;
  /** Routes with CloudFront and WAF in front of them; public is the callback, the only one that serves callers without a token @default "none" */
  readonly edgeFor?: "none" | "public" | "all";
  /** Domain of the CloudFront distribution; required with EdgeFor @default "" */
  readonly apiEdgeDomainName?: string;
  /** Certificate of that domain, in us-east-1 as CloudFront requires @default "" */
  readonly apiEdgeCertificateArn?: string;
  /** ARN of the WAF rules, an output of edge.yaml @default "" */
  readonly apiWebAclArn?: string;
  /** Client certificate, in us-east-1, with which CloudFront identifies itself to its origin @default "" */
  readonly apiEdgeClientCertificateArn?: string;
  /** S3 URI of the authority (PEM) that signs that certificate and no other @default "" */
  readonly apiEdgeTrustStoreUri?: string;
  /** Object version of that file; a new file is used only after this changes @default "" */
  readonly apiEdgeTrustStoreVersion?: string;
  /** Domain of the callback's own API, CloudFront's origin; required if EdgeFor is public @default "" */
  readonly callbackDomainName?: string;
  /** Certificate of that domain in this region, issued by ACM (not imported, not of a private authority) @default "" */
  readonly callbackCertificateArn?: string;
  /** Requests per second above which each API answers 429 @default 50 */
  readonly requestsPerSecond?: number;
  /** Domain of the notification endpoint, such as notifications.bank.example; empty for no endpoint @default "" */
  readonly notificationDomainName?: string;
  /** Certificate of that domain in this region, issued by ACM (not imported, not of a private authority) @default "" */
  readonly notificationCertificateArn?: string;
  /** S3 URI of a PEM bundle of the authorities that sign Mastercard's client certificates @default "" */
  readonly notificationTrustStoreUri?: string;
  /** Object version of the bundle; a new bundle is used only after this changes @default "" */
  readonly notificationTrustStoreVersion?: string;
  /** Subject DNs of the accepted client certificates, the active and the standby one, separated by semicolons @default "" */
  readonly notificationClientSubjects?: string;
  /** Issuer DNs of the accepted client certificates, separated by semicolons; empty for any of the trust store @default "" */
  readonly notificationClientIssuers?: string;
  /** SHA-256 of the public keys of the accepted client certificates, separated by commas; empty for any @default "" */
  readonly notificationClientKeyPins?: string;
  /** ARN of the shared secret that notifications also carry; empty for none @default "" */
  readonly notificationSharedSecret?: string;
  /** ARN of the secret that will replace the shared one; empty for none (provisional) @default "" */
  readonly notificationNextSharedSecret?: string;
  /** ARN of the certificate (PEM) that notifications are signed with as JWS; empty if they are not signed (provisional) @default "" */
  readonly notificationSignerCertificate?: string;
  /** ARN of the next signing certificate; empty for none (provisional) @default "" */
  readonly notificationNextSignerCertificate?: string;
  /** ARN of the bank's key that decrypts notifications; empty if they are not encrypted (provisional) @default "" */
  readonly notificationDecryptionKey?: string;
  /** ARN of the key's password if it is a .p12; empty for PEM (provisional) @default "" */
  readonly notificationDecryptionKeyPassword?: string;
  /** ARN of the next decryption key; empty for none (provisional) @default "" */
  readonly notificationNextDecryptionKey?: string;
  /** ARN of the key's password if it is a .p12; empty for PEM (provisional) @default "" */
  readonly notificationNextDecryptionKeyPassword?: string;
  /** ARN of the certificate (PEM) that unreadable notifications are encrypted for before they are kept; empty to keep none @default "" */
  readonly notificationQuarantineCertificate?: string;
  /** App links that the callback may redirect to, such as mobile-app=bankapp://click-to-pay,web-bank=https://bank.example/click-to-pay */
  readonly appLinks: string;
  /** Allowed origins of redirects, by token requestor id; an id may repeat @default "50123197928=https://sandbox.src.mastercard.com" */
  readonly allowedRedirectOrigins?: string;
  /** Schedule of the refresh (steps 1 to 4); a rate also runs right after the first deployment @default "rate(14 days)" */
  readonly refreshEvery?: string;
  /** Schedule of the reconciliation of enrollments without a final notification @default "rate(5 minutes)" */
  readonly reconcileEvery?: string;
  /** Ids of the token requestors that are listed first, in this order; default Click to Pay @default "50123197928" */
  readonly featuredTokenRequestors?: string;
  /** Language whose rules sort the other token requestors, as a BCP 47 tag such as de or sv-SE; und for none @default "und" */
  readonly catalogLocale?: string;
  /** A refresh that would hide a larger percentage of the token requestors or of their account ranges, or cannot read that many, changes nothing unless forced @default 30 */
  readonly largestDropPercent?: number;
  /** Domain of the logos, such as logos.bank.example; empty for CloudFront's domain @default "" */
  readonly logoDomainName?: string;
  /** Certificate of that domain, in us-east-1 as CloudFront requires @default "" */
  readonly logoCertificateArn?: string;
  /** Starts of the bank's account ranges as enabled in MDES, 9 to 19 digits each, separated by commas */
  readonly accountRanges: string;
  /** Token requestor to push to when the app names none; default Click to Pay @default "50123197928" */
  readonly defaultTokenRequestorId?: string;
  /** Lifetime of a push account receipt, and so of the redirect, in minutes @default 15 */
  readonly receiptsValidityMinutes?: number;
  /** ARN of the keys that seal redirects in the table, separated by commas; the first one seals */
  readonly redirectKeys: string;
  /** Days after its last change on which an enrollment that is final is deleted @default 400 */
  readonly enrollmentRetentionDays?: number;
  /** Which changes of an enrollment's status become events, all or those with which it ends; outcomes are a quarter of them @default "outcomes" */
  readonly statusEvents?: "all" | "outcomes";
  /** Whether each write of an enrollment, and who made it, is kept in a bucket with Object Lock @default "off" */
  readonly auditTrail?: "on" | "off";
  /** Days for which lines of the audit trail cannot be deleted, and after which they are @default 400 */
  readonly auditRetentionDays?: number;
  /** COMPLIANCE lets nobody, not even the root user, shorten the retention; GOVERNANCE those with s3:BypassGovernanceRetention @default "GOVERNANCE" */
  readonly auditLockMode?: "GOVERNANCE" | "COMPLIANCE";
  /** Whether requests to enable a card are answered 503 maintenance; everything else goes on @default "off" */
  readonly maintenance?: "on" | "off";
  /** Whether enrollments and restarts of a client are limited @default "on" */
  readonly enrollmentLimits?: "on" | "off";
  /** Most enrollments and restarts of a client an hour @default 20 */
  readonly clientLimitPerHour?: number;
  /** Most enrollments and restarts of a client a day @default 50 */
  readonly clientLimitPerDay?: number;
  /** Most enrollments and restarts for one card of a client an hour @default 10 */
  readonly cardLimitPerHour?: number;
  /** Most enrollments and restarts for one card of a client a day @default 20 */
  readonly cardLimitPerDay?: number;
  /** How long before an enrollment the cardholder may have accepted the bank's terms, in hours @default 24 */
  readonly consentMaxAgeHours?: number;
  /** Versions of the bank's terms that cardholders may accept, separated by commas, such as 2026-01=2026-01-01T00:00:00Z; empty for any @default "" */
  readonly termsVersions?: string;
  /** How long the app waits for the answer to an enrollment, in seconds @default 10 */
  readonly enrollTimeoutSeconds?: number;
  /** Ids of token requestors that may receive receipts without a signature, as before 2023; normally none @default "" */
  readonly unsignedRedirects?: string;
  /** Mastercard environment of the base URLs; required only for unpublished hosts @default "" */
  readonly mastercardEnvironment?: "" | "sandbox" | "mtf" | "production" | "local";
  /** ARN of PEM certificates to trust in addition to Mozilla's, for a proxy that terminates TLS @default "" */
  readonly mastercardExtraCaCerts?: string;
  /** Base URL of MDES Token Connect @default "https://sandbox.api.mastercard.com/mdes" */
  readonly tokenConnectUrl?: string;
  /** Consumer key of the Mastercard Developers project; not a secret */
  readonly tokenConnectConsumerKey: string;
  /** ARN of the OAuth 1.0a signing key */
  readonly tokenConnectSigningKey: string;
  /** ARN of the signing key's password, if it is a .p12 @default "" */
  readonly tokenConnectSigningKeyPassword?: string;
  /** Signature method of requests @default "RSA-SHA256" */
  readonly tokenConnectSignatureMethod?: "RSA-SHA256" | "RSA-PSS";
  /** Consumer key of the next key set @default "" */
  readonly tokenConnectNextConsumerKey?: string;
  /** ARN of the next signing key @default "" */
  readonly tokenConnectNextSigningKey?: string;
  /** ARN of that key's password, if it is a .p12 @default "" */
  readonly tokenConnectNextSigningKeyPassword?: string;
  /** ARN of Token Connect's Client Encryption Key certificate, with which Processing encrypts cards */
  readonly clientEncryptionCertificate: string;
  /** Base URL of Mastercard Processing Digital @default "https://sandbox.api.mastercard.com/global-processing/digital" */
  readonly processingUrl?: string;
  /** Consumer key of the Mastercard Developers project; not a secret */
  readonly processingConsumerKey: string;
  /** ARN of the OAuth 1.0a signing key */
  readonly processingSigningKey: string;
  /** ARN of the signing key's password, if it is a .p12 @default "" */
  readonly processingSigningKeyPassword?: string;
  /** Signature method of requests @default "RSA-SHA256" */
  readonly processingSignatureMethod?: "RSA-SHA256" | "RSA-PSS";
  /** Consumer key of the next key set @default "" */
  readonly processingNextConsumerKey?: string;
  /** ARN of the next signing key @default "" */
  readonly processingNextSigningKey?: string;
  /** ARN of that key's password, if it is a .p12 @default "" */
  readonly processingNextSigningKeyPassword?: string;
  /** Requests per second that Processing accepts from the bank's client id, over all functions @default 30 */
  readonly processingRequestsPerSecond?: number;
  /** Whether bodies to and from Processing are encrypted as JWE @default "on" */
  readonly processingJwe?: "on" | "off";
  /** Field of a request to Processing that holds the encrypted body (provisional); responses are read with each of them @default "encryptedData" */
  readonly processingJweField?: "encryptedData" | "encryptedPayload" | "encryptedValue";
  /** ARN of Mastercard's certificate that encrypts requests to Processing @default "" */
  readonly processingEncryptionCertificate?: string;
  /** ARN of the bank's key that decrypts Processing's responses @default "" */
  readonly processingDecryptionKey?: string;
  /** ARN of that key's password, if it is a .p12 @default "" */
  readonly processingDecryptionKeyPassword?: string;
  /** ARN of the next decryption key @default "" */
  readonly processingNextDecryptionKey?: string;
  /** ARN of that key's password, if it is a .p12 @default "" */
  readonly processingNextDecryptionKeyPassword?: string;
  /** Mastercard's word for each change of a token; provisional, only RESUME is published @default "suspend=SUSPEND,resume=RESUME,remove=DEACTIVATE" */
  readonly processingTokenStatuses?: string;
  /** Which of the inferred request shapes of funding-accounts/searches to use (provisional) @default "nested" */
  readonly processingSearchShape?: "nested" | "flat" | "nested:callbackUrl" | "flat:callbackUrl";
}

/** Rules of the values, by the parameters' names. */
export const RULES: Readonly<Record<string, Rule>> = {
  Tenant: {"pattern": "^[a-z0-9-]{1,32}$"},
  Architecture: {"values": ["arm64", "x86_64"]},
  LogDebugPercent: {"minimum": 0, "maximum": 100},
  LogLevel: {"pattern": "^(error|warn|info|debug)(,[a-z_:]+=(error|warn|info|debug))*$"},
  SystemLogLevel: {"values": ["DEBUG", "INFO", "WARN"]},
  LogRetentionDays: {"values": [7, 14, 30, 60, 90, 180, 365, 400, 731, 1827, 3653]},
  KeyRotationDays: {"minimum": 90, "maximum": 2560},
  AlarmEmail: {"pattern": "^$|^[^@\\s]+@[^@\\s]+$"},
  MetricMath: {"values": ["true", "false"]},
  DeletionProtection: {"values": ["true", "false"]},
  Tracing: {"values": ["PassThrough", "Active"]},
  ReservedConcurrency: {"values": ["true", "false"]},
  EnrollConcurrency: {"minimum": 1},
  ListCardsConcurrency: {"minimum": 1},
  ManageTokensConcurrency: {"minimum": 1},
  SecretsExtensionLayerArn: {"pattern": "^$|^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:layer:AWS-Parameters-and-Secrets-Lambda-Extension(-Arm64)?:[0-9]+$"},
  Release: {"pattern": "^[0-9A-Za-z]{0,10}$"},
  DeploymentPreference: {"values": ["AllAtOnce", "Canary10Percent5Minutes", "Canary10Percent10Minutes", "Canary10Percent15Minutes", "Canary10Percent30Minutes", "Linear10PercentEvery1Minute", "Linear10PercentEvery2Minutes", "Linear10PercentEvery3Minutes", "Linear10PercentEvery10Minutes"]},
  CodeSigningConfigArn: {"pattern": "^$|^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:code-signing-config:csc-[a-z0-9]{17}$"},
  SubnetIds: {"pattern": "^$|^subnet-[0-9a-f]{8,17}$"},
  SecurityGroupIds: {"pattern": "^$|^sg-[0-9a-f]{8,17}$"},
  JwtIssuer: {"pattern": "^https://[^\\s]+$", "required": true},
  JwtAudience: {"required": true},
  ClientIdClaim: {"pattern": "^[A-Za-z0-9_:./-]{1,128}$", "required": true},
  ReadScopes: {"pattern": "^[!#-+\\--\\[\\]-~]{0,64}$"},
  WriteScopes: {"pattern": "^[!#-+\\--\\[\\]-~]{0,64}$"},
  TokenWriteScopes: {"pattern": "^[!#-+\\--\\[\\]-~]{0,64}$"},
  StepUpAcrValues: {"pattern": "^$|^[!#-+\\--\\[\\]-~]{1,128}(,[!#-+\\--\\[\\]-~]{1,128})*$"},
  StepUpMethods: {"pattern": "^$|^[!#-+\\--\\[\\]-~]{1,128}(,[!#-+\\--\\[\\]-~]{1,128})*$"},
  StepUpMaxAgeMinutes: {"pattern": "^$|^([1-9][0-9]?|1[0-9][0-9]|2[0-3][0-9]|240)$"},
  AllowedWebOrigins: {"pattern": "^$|^https://[a-z0-9.-]+(:[0-9]+)?$"},
  ApiDomainName: {"pattern": "^$|^[a-z0-9.-]{4,253}$"},
  ApiCertificateArn: {"pattern": "^$|^arn:aws[a-z-]*:acm:.+$"},
  EdgeFor: {"values": ["none", "public", "all"]},
  ApiEdgeDomainName: {"pattern": "^$|^[a-z0-9.-]{4,253}$"},
  ApiEdgeCertificateArn: {"pattern": "^$|^arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/.+$"},
  ApiWebAclArn: {"pattern": "^$|^arn:aws[a-z-]*:wafv2:us-east-1:[0-9]{12}:global/webacl/.+$"},
  ApiEdgeClientCertificateArn: {"pattern": "^$|^arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/.+$"},
  ApiEdgeTrustStoreUri: {"pattern": "^$|^s3://.+\\.pem$"},
  ApiEdgeTrustStoreVersion: {},
  CallbackDomainName: {"pattern": "^$|^[a-z0-9.-]{4,253}$"},
  CallbackCertificateArn: {"pattern": "^$|^arn:aws[a-z-]*:acm:.+$"},
  RequestsPerSecond: {"minimum": 1},
  NotificationDomainName: {"pattern": "^$|^[a-z0-9.-]{4,253}$"},
  NotificationCertificateArn: {"pattern": "^$|^arn:aws[a-z-]*:acm:.+$"},
  NotificationTrustStoreUri: {"pattern": "^$|^s3://.+\\.pem$"},
  NotificationTrustStoreVersion: {},
  NotificationClientSubjects: {},
  NotificationClientIssuers: {},
  NotificationClientKeyPins: {"pattern": "^$|^[0-9A-Fa-f]{64}(,[0-9A-Fa-f]{64})*$"},
  NotificationSharedSecret: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+$"},
  NotificationNextSharedSecret: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+$"},
  NotificationSignerCertificate: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+$"},
  NotificationNextSignerCertificate: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+$"},
  NotificationDecryptionKey: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+$"},
  NotificationDecryptionKeyPassword: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+$"},
  NotificationNextDecryptionKey: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+$"},
  NotificationNextDecryptionKeyPassword: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+$"},
  NotificationQuarantineCertificate: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+$"},
  AppLinks: {"pattern": "^[a-z0-9-]+=[^,\\s]+(,[a-z0-9-]+=[^,\\s]+)*$", "required": true},
  AllowedRedirectOrigins: {"pattern": "^[0-9]{11}=https?://[^,\\s/]+(,[0-9]{11}=https?://[^,\\s/]+)*$"},
  RefreshEvery: {"pattern": "^(rate|cron)\\(.+\\)$"},
  ReconcileEvery: {"pattern": "^(rate|cron)\\(.+\\)$"},
  FeaturedTokenRequestors: {"pattern": "^([0-9]{11}(,[0-9]{11})*)?$"},
  CatalogLocale: {"pattern": "^[A-Za-z0-9]{2,8}(-[A-Za-z0-9]{1,8})*$"},
  LargestDropPercent: {"minimum": 0, "maximum": 100},
  LogoDomainName: {"pattern": "^$|^[a-z0-9.-]{4,253}$"},
  LogoCertificateArn: {"pattern": "^$|^arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/.+$"},
  AccountRanges: {"pattern": "^[0-9]{9,19}(,[0-9]{9,19})*$", "required": true},
  DefaultTokenRequestorId: {"pattern": "^[0-9]{11}$"},
  ReceiptsValidityMinutes: {"minimum": 5, "maximum": 15},
  RedirectKeys: {"pattern": "^arn:aws[a-z-]*:secretsmanager:[^#]+$", "required": true},
  EnrollmentRetentionDays: {"minimum": 90, "maximum": 3650},
  StatusEvents: {"values": ["all", "outcomes"]},
  AuditTrail: {"values": ["on", "off"]},
  AuditRetentionDays: {"minimum": 1, "maximum": 36500},
  AuditLockMode: {"values": ["GOVERNANCE", "COMPLIANCE"]},
  Maintenance: {"values": ["on", "off"]},
  EnrollmentLimits: {"values": ["on", "off"]},
  ClientLimitPerHour: {"minimum": 1, "maximum": 255},
  ClientLimitPerDay: {"minimum": 1, "maximum": 255},
  CardLimitPerHour: {"minimum": 1, "maximum": 31},
  CardLimitPerDay: {"minimum": 1, "maximum": 31},
  ConsentMaxAgeHours: {"minimum": 1, "maximum": 168},
  TermsVersions: {"pattern": "^$|^[^,=]{1,64}(=[0-9T:.+Z-]{17,35})?(,[^,=]{1,64}(=[0-9T:.+Z-]{17,35})?)*$"},
  EnrollTimeoutSeconds: {"minimum": 2, "maximum": 25},
  UnsignedRedirects: {"pattern": "^([0-9]{11}(,[0-9]{11})*)?$"},
  MastercardEnvironment: {"values": ["", "sandbox", "mtf", "production", "local"]},
  MastercardExtraCaCerts: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+$"},
  TokenConnectUrl: {"pattern": "^(https://|http://127\\.0\\.0\\.1:)[^\\s]+[^/\\s]$"},
  TokenConnectConsumerKey: {"pattern": "^[!-~]{1,256}$", "required": true},
  TokenConnectSigningKey: {"pattern": "^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$", "required": true},
  TokenConnectSigningKeyPassword: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$"},
  TokenConnectSignatureMethod: {"values": ["RSA-SHA256", "RSA-PSS"]},
  TokenConnectNextConsumerKey: {"pattern": "^[!-~]{0,256}$"},
  TokenConnectNextSigningKey: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$"},
  TokenConnectNextSigningKeyPassword: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$"},
  ClientEncryptionCertificate: {"pattern": "^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$", "required": true},
  ProcessingUrl: {"pattern": "^(https://|http://127\\.0\\.0\\.1:)[^\\s]+[^/\\s]$"},
  ProcessingConsumerKey: {"pattern": "^[!-~]{1,256}$", "required": true},
  ProcessingSigningKey: {"pattern": "^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$", "required": true},
  ProcessingSigningKeyPassword: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$"},
  ProcessingSignatureMethod: {"values": ["RSA-SHA256", "RSA-PSS"]},
  ProcessingNextConsumerKey: {"pattern": "^[!-~]{0,256}$"},
  ProcessingNextSigningKey: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$"},
  ProcessingNextSigningKeyPassword: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$"},
  ProcessingRequestsPerSecond: {"minimum": 1, "maximum": 1000},
  ProcessingJwe: {"values": ["on", "off"]},
  ProcessingJweField: {"values": ["encryptedData", "encryptedPayload", "encryptedValue"]},
  ProcessingEncryptionCertificate: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$"},
  ProcessingDecryptionKey: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$"},
  ProcessingDecryptionKeyPassword: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$"},
  ProcessingNextDecryptionKey: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$"},
  ProcessingNextDecryptionKeyPassword: {"pattern": "^$|^arn:aws[a-z-]*:secretsmanager:[^#]+(#[^#]+)?$"},
  ProcessingTokenStatuses: {"pattern": "^(suspend|resume|remove)=[A-Za-z0-9_]{1,32}(,(suspend|resume|remove)=[A-Za-z0-9_]{1,32}){0,2}$"},
  ProcessingSearchShape: {"values": ["nested", "flat", "nested:callbackUrl", "flat:callbackUrl"]},
};

/** What a parameter's value must be. */
export interface Rule {
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly values?: readonly (string | number)[];
  readonly required?: boolean;
}
