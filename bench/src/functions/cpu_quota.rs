//! The CPU quota of a small Lambda function, by Linux control groups.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process,
};

/// Lambda gives one vCPU at 1 769 MB, and less in proportion.
const QUOTA_OF_256_MEGABYTES: f64 = 256.0 / 1769.0;
/// The period of the quota.
const PERIOD_MICROSECONDS: f64 = 20_000.0;

/// A control group; removed when dropped.
pub(crate) struct CpuQuota {
    folder: PathBuf,
}

impl CpuQuota {
    /// The quota of a function with 256 MB; `None` if this machine does not allow control groups.
    pub(crate) fn of_256_megabytes(name: &str) -> Option<Self> {
        let period = format!("{PERIOD_MICROSECONDS:.0}");
        let quota = format!("{:.0}", PERIOD_MICROSECONDS * QUOTA_OF_256_MEGABYTES);
        let set_v1 = |folder: &Path| {
            let period_set = fs::write(folder.join("cpu.cfs_period_us"), &period);
            period_set.and_then(|()| fs::write(folder.join("cpu.cfs_quota_us"), &quota))
        };
        let set_v2 = |folder: &Path| fs::write(folder.join("cpu.max"), format!("{quota} {period}"));
        let name = format!("bench-{}-{name}", process::id());
        Self::make(&Path::new("/sys/fs/cgroup/cpu").join(&name), set_v1)
            .or_else(|_| Self::make(&Path::new("/sys/fs/cgroup").join(&name), set_v2))
            .ok()
    }

    /// The command that starts a process in the group: a shell that joins it and executes the program.
    pub(crate) fn wrapper(&self) -> [OsString; 4] {
        let enter = r#"echo $$ >"$0" && exec "$@""#;
        let members = self.folder.join("cgroup.procs");
        ["/bin/sh".into(), "-c".into(), enter.into(), members.into_os_string()]
    }

    fn make(folder: &Path, limit: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<Self> {
        fs::create_dir(folder)?;
        let quota = Self { folder: folder.to_owned() };
        limit(folder)?;
        Ok(quota)
    }
}

impl Drop for CpuQuota {
    fn drop(&mut self) {
        // Fails if the last process has not left yet; an empty group does no harm.
        let _ = fs::remove_dir(&self.folder);
    }
}
