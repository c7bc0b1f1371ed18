"""Two processes on this computer: ministack emulates AWS, the simulator emulates Mastercard."""

import copy
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

import boto3

ROOT = pathlib.Path(__file__).parents[2]
REGION = "eu-west-1"


def held_port():
    """A socket that is bound to a free port and does not listen: a server may bind the port too, and nobody else gets it until then."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    return holder


def package(binaries, scratch):
    """Copies the templates and the binaries, as `sam build` does; nothing is changed but where the code of a function is."""
    shutil.copytree(ROOT / "infra", scratch / "infra", ignore=shutil.ignore_patterns("smoke", "__pycache__", "node_modules"))
    template = scratch / "infra/template.yaml"
    template.write_text(template.read_text().replace("CodeUri: ../functions/", "CodeUri: ../target/lambda/"))
    functions = sorted(path.name for path in (ROOT / "functions").iterdir())
    missing = [name for name in [*functions, "simulator", "doctor"] if not (binaries / name).is_file()]
    if missing:
        raise SystemExit(f"{binaries} lacks {', '.join(missing)}: build with `cargo build`, or leave out --binaries")
    for name in functions:
        folder = scratch / "target" / "lambda" / name
        folder.mkdir(parents=True)
        subprocess.run(["strip", "-o", folder / "bootstrap", binaries / name], check=True)
    return functions


class Emulator:
    """Both processes; they end with the `with` block."""

    def __init__(self, scratch, binaries):
        self.scratch, self.binaries, self.processes = scratch, binaries, []
        self.region = REGION
        # Some are bound minutes later.
        self.holders = [held_port() for _ in range(5)]
        ports = [holder.getsockname()[1] for holder in self.holders]
        self.aws_port, self.mastercard_port, self.secrets_port, self.notification_port, self.identity_port = ports
        self.aws_url = f"https://127.0.0.1:{self.aws_port}"
        # ministack creates both when it starts. The template's policies deny requests without TLS.
        self.certificate = scratch / "ministack-tls/server.crt"
        self.certificate_key = scratch / "ministack-tls/server.key"
        self.mastercard_url = f"http://127.0.0.1:{self.mastercard_port}"
        self.portal = scratch / "portal"

    @property
    def variables(self):
        """Environment variables that direct AWS clients to ministack; `test` is its root user."""
        return {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "AWS_ENDPOINT_URL": self.aws_url,
            "AWS_CA_BUNDLE": str(self.certificate),
            "AWS_EC2_METADATA_DISABLED": "true",
            "SAM_CLI_TELEMETRY": "0",
        }

    @property
    def trust(self):
        """Variables with which doctor reaches ministack and the identity provider."""
        return {"SSL_CERT_FILE": str(self.certificate), "NO_PROXY": "127.0.0.1"}

    @property
    def operator_settings(self):
        """The settings file of an operator, for `doctor`."""
        return self.scratch / "operator.env"

    def doctor(self, *arguments, **credentials):
        """Runs `doctor` with the operator's settings, as root or with the given credentials."""
        command = [self.binaries / "doctor", *arguments, "--config", self.operator_settings]
        environment = {**os.environ, **self.variables, **self.trust, **credentials}
        return subprocess.run(command, env=environment, text=True, capture_output=True)

    def client(self, service, **credentials):
        """A client as root, or with the given credentials."""
        root = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client(service, endpoint_url=self.aws_url, region_name=self.region, verify=str(self.certificate),
                            **(credentials or root))

    def in_region(self, region):
        """The same processes, for clients of another region."""
        other = copy.copy(self)
        other.region = region
        return other

    def __enter__(self):
        try:
            self._start("ministack", [shutil.which("ministack")], self.aws_port, {
                **self.variables,
                "BIND_HOST": "127.0.0.1",
                "GATEWAY_PORT": str(self.aws_port),
                "MINISTACK_REGION": REGION,
                "AUTH": "true",  # each function runs under its own role; IAM policies are enforced
                "USE_SSL": "1",
                "SSL_CERT_FILE": str(self.certificate),
                "IOT_MTLS_ENABLED": "0",
                "LOG_LEVEL": "WARNING",
                "S3_DATA_DIR": str(self.scratch / "s3"),
                "TMPDIR": str(self.scratch),
                "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT": str(self.secrets_port),
            })
            self._start("simulator", [
                self.binaries / "simulator", "--port", str(self.mastercard_port), "--credentials", self.portal,
                "--notify", f"http://127.0.0.1:{self.notification_port}/notifications",
            ], self.mastercard_port, {})
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for holder in self.holders:
            holder.close()

    def _start(self, name, command, port, variables):
        log = (self.scratch / f"{name}.log").open("wb")
        environment = {**os.environ, "NO_PROXY": "127.0.0.1,localhost", **variables}
        process = subprocess.Popen([str(part) for part in command], env=environment, stdout=log, stderr=log)
        self.processes.append(process)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        sys.stderr.write((self.scratch / f"{name}.log").read_text())
        raise SystemExit(f"{name} did not start")
