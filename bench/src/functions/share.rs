//! A share of the processor like that of a small Lambda function, by Linux control groups.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process,
};

/// Lambda gives one processor at 1 769 MB, and less in proportion.
const OF_256_MEGABYTES: f64 = 256.0 / 1769.0;
/// Within which the share is given.
const PERIOD_MICROSECONDS: f64 = 20_000.0;

/// A control group; gone when dropped.
pub(super) struct Share {
    folder: PathBuf,
}

impl Share {
    /// Nothing where this machine does not allow it.
    pub(super) fn of_256_megabytes(name: &str) -> Option<Self> {
        let period = format!("{PERIOD_MICROSECONDS:.0}");
        let quota = format!("{:.0}", PERIOD_MICROSECONDS * OF_256_MEGABYTES);
        let first = |folder: &Path| {
            let given = fs::write(folder.join("cpu.cfs_period_us"), &period);
            given.and_then(|()| fs::write(folder.join("cpu.cfs_quota_us"), &quota))
        };
        let second = |folder: &Path| fs::write(folder.join("cpu.max"), format!("{quota} {period}"));
        let name = format!("bench-{}-{name}", process::id());
        Self::make(&Path::new("/sys/fs/cgroup/cpu").join(&name), first)
            .or_else(|_| Self::make(&Path::new("/sys/fs/cgroup").join(&name), second))
            .ok()
    }

    /// What starts a process inside it: a shell that moves itself there, and becomes the program.
    pub(super) fn wrapper(&self) -> [OsString; 4] {
        let enter = r#"echo $$ >"$0" && exec "$@""#;
        let members = self.folder.join("cgroup.procs");
        ["/bin/sh".into(), "-c".into(), enter.into(), members.into_os_string()]
    }

    fn make(folder: &Path, limit: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<Self> {
        fs::create_dir(folder)?;
        let share = Self { folder: folder.to_owned() };
        limit(folder)?;
        Ok(share)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        // The last process may take a moment to leave; an empty group does no harm.
        let _ = fs::remove_dir(&self.folder);
    }
}
