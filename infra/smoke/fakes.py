"""Fakes of what neither the template nor ministack has: the bank's identity provider, the Parameters and Secrets
extension, and the mutual TLS endpoint for notifications."""

import base64
import copy
import http.server
import json
import pathlib
import ssl
import threading
import time
import urllib.parse

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SUBJECT = "CN=notifications.mastercard.example,O=Simulator"


def serve(port, handler, tls=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def respond(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def base64url(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Identity:
    """An OpenID provider: signs cardholders' tokens and publishes its key for API Gateway's authorizer."""

    AUDIENCE = "bank-app"
    ACR = "strong"

    def __init__(self, emulator):
        self.issuer = f"https://127.0.0.1:{emulator.identity_port}"
        self.key = rsa.generate_private_key(65537, 2048)
        numbers = self.key.public_key().public_numbers()
        modulus, exponent = numbers.n.to_bytes(256, "big"), numbers.e.to_bytes(3, "big")
        jwk = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "smoke", "n": base64url(modulus), "e": base64url(exponent)}
        documents = {
            "/.well-known/openid-configuration": {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"},
            "/keys": {"keys": [jwk]},
        }

        class Documents(Handler):
            def do_GET(self):
                document = documents.get(self.path)
                self.respond(200 if document else 404, json.dumps(document).encode())

        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(emulator.certificate, emulator.certificate_key)
        serve(emulator.identity_port, Documents, tls)

    def token(self, client, acr=ACR):
        now = int(time.time())
        header = {"alg": "RS256", "typ": "JWT", "kid": "smoke"}
        claims = {"iss": self.issuer, "aud": self.AUDIENCE, "sub": client, "client_id": client, "iat": now, "exp": now + 3600,
                  "acr": acr, "auth_time": now}
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        signature = self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{base64url(signature)}"


def credentials_of(token):
    """The credentials of the function that sent this session token, from the environment of its process. The real
    extension runs in the function's sandbox and has its role."""
    for environment in pathlib.Path("/proc").glob("[0-9]*/environ"):
        try:
            pairs = environment.read_bytes().split(b"\0")
        except OSError:
            continue
        variables = dict(pair.decode().split("=", 1) for pair in pairs if b"=" in pair)
        if variables.get("AWS_SESSION_TOKEN") == token:
            return variables
    return None


def extension(emulator):
    """Serves `GET /secretsmanager/get?secretId=…` with the rights of the calling function."""

    class Extension(Handler):
        def do_GET(self):
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
            token = self.headers.get("X-Aws-Parameters-Secrets-Token")
            caller = credentials_of(token) if token else None
            if caller is None:
                return self.respond(401, b"{}")
            secret = query["secretId"][0]
            client = emulator.in_region(secret.split(":")[3]).client(
                "secretsmanager",
                aws_access_key_id=caller["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=caller["AWS_SECRET_ACCESS_KEY"],
                aws_session_token=token,
            )
            try:
                secret = client.get_secret_value(SecretId=secret)
            except client.exceptions.ClientError as error:
                return self.respond(400, json.dumps(error.response["Error"]).encode())
            secret.pop("ResponseMetadata")
            return self.respond(200, json.dumps(secret, default=str).encode())

    return serve(emulator.secrets_port, Extension)


def notification_endpoint(emulator, function):
    """Receives notifications and invokes the function as API Gateway does after the TLS handshake."""
    template = json.loads((pathlib.Path(__file__).parents[2] / "events/receive-notification-tar.json").read_text())

    class Endpoint(Handler):
        def do_POST(self):
            event = copy.deepcopy(template)
            event["body"] = self.rfile.read(int(self.headers["Content-Length"])).decode()
            event["requestContext"]["authentication"]["clientCert"]["subjectDN"] = SUBJECT
            result = emulator.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
            response = json.loads(result["Payload"].read())
            self.respond(response.get("statusCode", 502), (response.get("body") or "").encode())

    return serve(emulator.notification_port, Endpoint)
