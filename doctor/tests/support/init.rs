//! Runs of the program in a folder with copies of `samconfig.toml` and `secrets.yaml`.

use std::{
    fs,
    io::Write as _,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.write("samconfig.toml", include_str!("../../../infra/samconfig.toml"));
        folder.write("secrets.yaml", include_str!("../../../infra/secrets.yaml"));
        folder
    }

    /// The same with `aws`, a stand-in for the AWS CLI.
    pub(crate) fn with_aws() -> Self {
        let folder = Self::new();
        std::os::unix::fs::symlink(
            concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/aws"),
            folder.path("aws"),
        )
        .unwrap();
        folder
    }

    /// Stores a file's text in AWS, without `doctor`.
    pub(crate) fn put_secret(&self, id: &str, file: &str) {
        let value = format!("file://{}", self.path(file).display());
        let put = ["secretsmanager", "put-secret-value", "--secret-id", id, "--secret-string", &value];
        assert!(Command::new(self.path("aws")).args(put).output().unwrap().status.success());
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    pub(crate) fn exists(&self, file: &str) -> bool {
        self.path(file).exists()
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        fs::write(self.path(file), text).unwrap();
    }

    /// Writes a key and its certificate as PKCS#12.
    pub(crate) fn write_p12(&self, file: &str, certificate: &str, key: &str, password: &str) {
        self.write("p12.pem", &format!("{certificate}{key}"));
        let (input, output) = (self.path("p12.pem"), self.path(file));
        let mut openssl = Command::new("openssl");
        openssl.args(["pkcs12", "-export", "-passout", &format!("pass:{password}"), "-in"]).arg(input);
        assert!(openssl.arg("-out").arg(output).status().unwrap().success());
    }

    /// `doctor init` for the environment `local`.
    pub(crate) async fn init(&self, arguments: &[&str], input: &str) -> Output {
        let command = ["init", "--env", "local", "--samconfig", "samconfig.toml"];
        self.doctor(&[&command[..], arguments].concat(), input).await
    }

    /// The program in this folder. It trusts the authority of `authority.pem`, and takes `aws` from the folder if it is there.
    pub(crate) fn program(&self, arguments: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_doctor"));
        program.current_dir(self.0.path()).args(arguments);
        #[expect(clippy::disallowed_methods, reason = "not a setting: where programs are")]
        let path = format!("{}:{}", self.0.path().display(), std::env::var("PATH").unwrap());
        program.env("PATH", path);
        if self.exists("authority.pem") {
            program.env("SSL_CERT_FILE", self.path("authority.pem"));
        }
        program
    }

    /// Runs off the runtime's threads: the `World` has to respond meanwhile.
    pub(crate) async fn doctor(&self, arguments: &[&str], input: &str) -> Output {
        let mut program = self.program(arguments);
        program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let input = input.to_owned();
        let run = move || {
            let mut child = program.spawn().unwrap();
            // A program that stops before the end does not read all its input.
            let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
            child.wait_with_output().unwrap()
        };
        tokio::task::spawn_blocking(run).await.unwrap()
    }
}

pub(crate) fn output(run: &Output) -> String {
    String::from_utf8([&run.stdout[..], &run.stderr].concat()).unwrap()
}
