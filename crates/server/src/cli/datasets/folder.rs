//! A folder that is there whole or not at all: files are written beside it and it gets its name at the
//! end.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anonymise::Language;
use anyhow::{Context, bail};

/// A folder on its way; what was written is gone unless it is finished.
pub(super) struct Folder {
    to: PathBuf,
    partial: Option<PathBuf>,
}

impl Folder {
    /// Begins a folder that is not there yet.
    pub(super) fn begin(to: &Path, language: Language) -> anyhow::Result<Self> {
        if to.symlink_metadata().is_ok() {
            let to = to.display();
            bail!(match language {
                Language::Ja => {
                    format!("「{to}」はすでにあります。--outで別のフォルダーを指定してください")
                }
                Language::En => {
                    format!("`{to}` is there already; name another folder with --out")
                }
            });
        }
        let name = to.file_name().and_then(|name| name.to_str());
        let Some(name) = name else {
            bail!("`{}` is no name for a folder; name another with --out", to.display())
        };
        let partial = to.with_file_name(format!(".{name}.partial-{}", std::process::id()));
        let made = fs::DirBuilder::new().mode(0o700).create(&partial);
        made.with_context(|| {
            format!("`{}` cannot be made; name another folder with --out", to.display())
        })?;
        Ok(Self { to: to.to_owned(), partial: Some(partial) })
    }

    /// Writes a file; one with secrets is its owner's alone.
    pub(super) fn write(&self, name: &str, bytes: &[u8], secret: bool) -> anyhow::Result<()> {
        let Some(partial) = &self.partial else { bail!("the folder is finished") };
        let path = partial.join(name);
        let mode = if secret { 0o600 } else { 0o644 };
        let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&path);
        let written = file.and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        written.with_context(|| format!("`{name}` cannot be written; nothing was kept"))
    }

    /// Gives the folder its name.
    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        let Some(partial) = self.partial.take() else { return Ok(()) };
        let named = fs::rename(&partial, &self.to);
        if let Err(error) = named {
            self.partial = Some(partial);
            return Err(error).with_context(|| {
                format!("`{}` cannot get its name; nothing was kept", self.to.display())
            });
        }
        // The name is kept by the folder around it.
        let around = self.to.parent().filter(|parent| !parent.as_os_str().is_empty());
        let _ = File::open(around.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(partial) = &self.partial {
            let _ = fs::remove_dir_all(partial);
        }
    }
}
