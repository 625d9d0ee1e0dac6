//! The demo's staff: an information manager and an officer, plainly samples. Their passwords and
//! secrets are drawn at the first start and kept beside the database, so that a demo that somebody
//! can reach is not open to whoever has read this source.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use data_encoding::BASE32_NOPAD;
use policy::{Language, StaffRole, party};
use serde::{Deserialize, Serialize};
use vault::TotpSecret;
use vault::totp::{STEP_SECONDS, step_at};

use super::write_private;
use crate::acts::staff::{Drawn, Invited, Newcomer, Office};
use crate::acts::staff_session::{take_up, welcome};
use crate::app::App;
use crate::cli::say::say;
use crate::clock::{Clock, SystemClock};
use crate::error::Error;
use crate::once;
use crate::store::{Tx, staff};

/// What a sample signs in with.
#[derive(Serialize, Deserialize)]
pub struct Sample {
    password: String,
    /// The secret of the codes, as authenticator apps take it.
    secret: String,
}

/// Every sample by its login.
pub type Samples = BTreeMap<String, Sample>;

fn newcomers() -> [Newcomer; 2] {
    let one = |login: &str, name: &str, role, language| Newcomer {
        login: login.to_owned(),
        name: name.to_owned(),
        role,
        language,
    };
    [
        one("sample-manager", "【見本】責任者", StaffRole::Manager, Language::Ja),
        one("sample-officer", "[Sample] Officer", StaffRole::Officer, Language::En),
    ]
}

fn path(data: &Path) -> PathBuf {
    data.join("staff-samples.json")
}

fn read(data: &Path) -> anyhow::Result<Option<Samples>> {
    let path = path(data);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(serde_json::from_str(&text)?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("`{}` cannot be read", path.display())),
    }
}

/// The samples of this demo; made where nobody is of the staff yet.
pub async fn staff(app: &Arc<App>, data: &Path) -> anyhow::Result<Option<Samples>> {
    let is_new = app.store.read(|conn| Ok::<_, Error>(staff::all(conn)?.is_empty())).await?;
    if !is_new {
        return read(data);
    }
    let mut samples = Samples::new();
    for newcomer in newcomers() {
        let (drawn, keeper, login) = (Drawn::new()?, Arc::clone(app), newcomer.login.clone());
        let add = move |tx: &mut Tx<'_>| Office::of(&keeper).add(tx, &newcomer, &drawn);
        let invited: Invited = app.store.write(add).await?;
        let totp = welcome(app, &invited.token).await?.totp;
        let mut bytes = [0; 10];
        once::random(&mut bytes)?;
        let password = party::base32().encode(&bytes);
        // With the code of the step before, so that the one of now is good for signing in.
        let code = totp.code(step_at(app.clock.now().as_second()) - 1);
        take_up(app, &invited.token, password.clone(), &code).await?;
        let secret = BASE32_NOPAD.encode(totp.reveal());
        samples.insert(login, Sample { password, secret });
    }
    let path = path(data);
    // Left by a demo on another database.
    if path.exists() {
        std::fs::remove_file(&path)?;
    }
    write_private(&path, &serde_json::to_string_pretty(&samples)?)?;
    Ok(Some(samples))
}

/// Prints what to sign in with.
pub fn tell(samples: Option<&Samples>, data: &Path) {
    let Some(samples) = samples else { return };
    say!("staff of the company, with a code from an authenticator app or from");
    say!("  azukari demo --data {} --code LOGIN", data.display());
    for (login, sample) in samples {
        say!("  {login:28} {}  (secret {})", sample.password, sample.secret);
    }
}

/// The code that a sample signs in with now.
pub fn code(data: &Path, login: &str) -> anyhow::Result<String> {
    let samples = read(data)?.unwrap_or_default();
    let Some(sample) = samples.get(login) else {
        bail!("there is no sample `{login}` in `{}`; start the demo there first", data.display());
    };
    let bytes = BASE32_NOPAD.decode(sample.secret.as_bytes())?;
    let totp = TotpSecret::from_bytes(&bytes);
    let totp = totp.ok_or_else(|| anyhow!("`{}` was changed", path(data).display()))?;
    let now = SystemClock.now().as_second();
    eprintln!("good for {} more seconds", STEP_SECONDS - now.rem_euclid(STEP_SECONDS));
    Ok(totp.code(step_at(now)))
}
