//! The operator's file of services: read once at the start, wrong in words that name the field.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, ensure};
use serde::Deserialize;

use crate::language::Label;

/// A service by which guests come in.
pub(crate) struct Provider {
    /// What people read.
    pub(crate) label: Label,
    /// Who vouches for its ids: the same as in the policy.
    pub(crate) issuer: String,
    /// Under which id it knows us.
    pub(super) client_id: String,
    /// What shows it that we are we.
    pub(super) secret: String,
    /// What we ask for there, besides `openid`.
    pub(super) scopes: Vec<String>,
    /// True where it wants the secret in the form instead of the header.
    pub(super) secret_in_body: bool,
    /// True where it signs ID tokens with the secret (HS256).
    pub(super) signed_with_secret: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    label: Label,
    issuer: String,
    client_id: String,
    client_secret_file: String,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    secret_in_body: bool,
    #[serde(default)]
    signed_with_secret: bool,
}

/// Reads the file; paths in it are beside it.
pub(super) fn read(file: &Path) -> anyhow::Result<BTreeMap<String, Provider>> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("read the services `{}`", file.display()))?;
    let written: BTreeMap<String, Written> =
        toml::from_str(&text).with_context(|| format!("`{}` cannot be used", file.display()))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let one = |(name, written): (String, Written)| {
        let provider = provider(&name, written, folder)
            .with_context(|| format!("`{name}` in `{}` cannot be used", file.display()))?;
        Ok((name, provider))
    };
    written.into_iter().map(one).collect()
}

fn provider(name: &str, written: Written, folder: &Path) -> anyhow::Result<Provider> {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    ensure!(name.chars().all(word), "its name is the one in the policy: a-z, 0-9, `_`");
    ensure!(
        is_safe(&written.issuer),
        "`issuer` is an address from https:// on; http:// is for this machine alone"
    );
    ensure!(!written.client_id.is_empty(), "`client_id` is empty");
    let path = folder.join(&written.client_secret_file);
    let secret = std::fs::read_to_string(&path)
        .with_context(|| format!("read `client_secret_file`, `{}`", path.display()))?;
    let secret = secret.trim().to_owned();
    ensure!(!secret.is_empty(), "`client_secret_file`, `{}`, is empty", path.display());
    let mut scopes = written.scopes;
    scopes.retain(|scope| scope != "openid");
    Ok(Provider {
        label: written.label,
        issuer: written.issuer,
        client_id: written.client_id,
        secret,
        scopes,
        secret_in_body: written.secret_in_body,
        signed_with_secret: written.signed_with_secret,
    })
}

/// A code or a secret goes there: over TLS, or not beyond this machine.
fn is_safe(issuer: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(issuer) else { return false };
    match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => true,
        ("http", Some(host)) => {
            host == "localhost"
                || host
                    .trim_matches(['[', ']'])
                    .parse()
                    .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../services.example.toml");

    fn written(text: &str) -> anyhow::Result<BTreeMap<String, Provider>> {
        let written: BTreeMap<String, Written> = toml::from_str(text)?;
        let folder =
            std::env::temp_dir().join(format!("reservation-services-{}", crate::chance::uuid()?));
        std::fs::create_dir(&folder)?;
        std::fs::write(folder.join("line.secret"), "unmistakable\n")?;
        std::fs::write(folder.join("google.secret"), "unmistakable\n")?;
        std::fs::write(folder.join("empty.secret"), "\n")?;
        let read = written
            .into_iter()
            .map(|(name, written)| Ok((name.clone(), provider(&name, written, &folder)?)))
            .collect();
        std::fs::remove_dir_all(folder)?;
        read
    }

    #[test]
    fn the_example_is_one() {
        let providers = written(EXAMPLE).unwrap();
        assert_eq!(providers.keys().collect::<Vec<_>>(), ["google", "line"]);
        let line = &providers["line"];
        assert!(line.secret_in_body && line.signed_with_secret);
        assert_eq!(
            (line.issuer.as_str(), line.secret.as_str()),
            ("https://access.line.me", "unmistakable")
        );
        assert!(!providers["google"].signed_with_secret);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let rest = "label = { ja = 'あ', en = 'A' }\nclient_id = 'us'\n";
        for (text, named) in [
            ("[a]\nissuer = 'http://id.example'\nclient_secret_file = 'line.secret'", "issuer"),
            ("[a]\nissuer = 'id.example'\nclient_secret_file = 'line.secret'", "issuer"),
            (
                "[a]\nissuer = 'https://id.example'\nclient_secret_file = 'empty.secret'",
                "client_secret_file",
            ),
            (
                "[a]\nissuer = 'https://id.example'\nclient_secret_file = 'none.secret'",
                "client_secret_file",
            ),
            ("[a]\nissuer = 'https://id.example'", "client_secret_file"),
            (
                "[a]\nissuer = 'https://id.example'\nclient_secret_file = 'line.secret'\nkey = 1",
                "key",
            ),
            ("['a/b']\nissuer = 'https://id.example'\nclient_secret_file = 'line.secret'", "name"),
        ] {
            let told = written(&format!("{text}\n{rest}")).err().map(|error| format!("{error:#}"));
            assert!(told.as_ref().is_some_and(|told| told.contains(named)), "{text}: {told:?}");
        }
        for issuer in
            ["http://127.0.0.1:9", "http://[::1]:9", "http://localhost", "https://id.example/a"]
        {
            assert!(is_safe(issuer), "{issuer}");
        }
    }
}
