//! Passkeys (WebAuthn): what a browser is asked for, and whether what it answers fits. Knows nothing of pages
//! and keeps nothing but questions that are still open; they are forgotten on a restart.

use std::sync::{Mutex, PoisonError};

use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::auth::AuthenticationVerificationOptions;
use webauthn_rp::request::register::{
    CredProtect, Nickname, PublicKeyCredentialUserEntity, RegistrationVerificationOptions,
    UserHandle, Username,
};
use webauthn_rp::request::{
    AsciiDomain, FixedCapHashSet, InsertResult, PublicKeyCredentialDescriptor, RpId,
};
use webauthn_rp::response::register::{CompressedPubKey, DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration,
    RegistrationServerState,
};

/// The bytes by which an authenticator knows an account: random, and nothing about a person.
pub(crate) const HANDLE_BYTES: usize = 32;
/// Questions that may be open at a time. Each is open for five minutes.
const OPEN: usize = 100_000;

/// A public key of any kind that authenticators use.
type PublicKey = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

pub(crate) type Handle = [u8; HANDLE_BYTES];

/// A passkey, as it is kept.
pub(crate) struct Passkey {
    pub(crate) id: Vec<u8>,
    pub(crate) handle: Handle,
    /// The public key and what does not change.
    pub(crate) public: Vec<u8>,
    /// The counter and what does.
    pub(crate) state: Vec<u8>,
}

/// Where passkeys hold: an address of this app as browsers see it.
pub(crate) struct Site {
    rp: RpId,
    origin: String,
}

impl Site {
    /// `None` where no browser makes passkeys: without a name, or without TLS elsewhere than on one's own
    /// machine.
    pub(crate) fn of(origin: &str) -> Option<Self> {
        let url = reqwest::Url::parse(origin).ok()?;
        let name = url.domain()?;
        let is_safe = url.scheme() == "https" || name == "localhost";
        let rp = RpId::Domain(AsciiDomain::try_from(name.to_owned()).ok()?);
        is_safe.then(|| Self { rp, origin: url.origin().ascii_serialization() })
    }

    /// The name under which a passkey was made is the one under which it holds.
    pub(crate) fn name(&self) -> &str {
        self.rp.as_ref()
    }
}

/// What a browser answered when it was asked for a passkey.
pub(crate) struct Shown(DiscoverableAuthentication<HANDLE_BYTES>);

impl Shown {
    /// Reads an answer; `None` when it is none.
    pub(crate) fn read(json: &str) -> Option<Self> {
        DiscoverableAuthentication::from_json_relaxed(json.as_bytes()).ok().map(Self)
    }

    /// The passkey that was used.
    pub(crate) fn id(&self) -> Vec<u8> {
        self.0.raw_id().as_ref().to_vec()
    }
}

/// Questions that are open.
pub(crate) struct Questions {
    new: Mutex<FixedCapHashSet<RegistrationServerState<HANDLE_BYTES>>>,
    known: Mutex<FixedCapHashSet<DiscoverableAuthenticationServerState>>,
}

impl Default for Questions {
    fn default() -> Self {
        Self {
            new: Mutex::new(FixedCapHashSet::new(OPEN)),
            known: Mutex::new(FixedCapHashSet::new(OPEN)),
        }
    }
}

impl Questions {
    /// Asks for a new passkey; returns what the browser is told. `None` when too many are asked.
    pub(crate) fn ask_for_new(
        &self,
        site: &Site,
        handle: Handle,
        (name, shown): (&str, &str),
        there: Vec<Vec<u8>>,
    ) -> Option<String> {
        let handle = UserHandle::decode(handle).ok()?;
        let user = PublicKeyCredentialUserEntity {
            name: Username::try_from(name).ok()?,
            id: &handle,
            display_name: Nickname::try_from(shown).ok(),
        };
        let there = there.into_iter().filter_map(|id| {
            let id = CredentialId::<Vec<u8>>::decode(id).ok()?;
            Some(PublicKeyCredentialDescriptor { id, transports: AuthTransports::decode(0).ok()? })
        });
        let mut asked =
            PublicKeyCredentialCreationOptions::passkey(&site.rp, user, there.collect());
        // Not every authenticator has this extension, and none is turned away for it: that the holder was
        // verified is seen at each sign-in.
        asked.extensions.cred_protect = CredProtect::None;
        let (open, told) = asked.start_ceremony().ok()?;
        let mut all = self.new.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.insert_or_replace_all_expired(open);
        matches!(kept, InsertResult::Success).then(|| serde_json::to_string(&told).ok())?
    }

    /// Reads a new passkey; `None` when it does not answer an open question of this account's.
    pub(crate) fn new_one(&self, site: &Site, handle: Handle, json: &str) -> Option<Passkey> {
        let answer = Registration::from_json_relaxed(json.as_bytes()).ok()?;
        let challenge = answer.challenge_relaxed().ok()?;
        let open = self.new.lock().unwrap_or_else(PoisonError::into_inner).take(&challenge)?;
        let options = RegistrationVerificationOptions::<&str, &str> {
            allowed_origins: &[&site.origin],
            ..Default::default()
        };
        let made = open.verify(&site.rp, &answer, &options).ok()?;
        let made_for: Handle = made.user_id().encode().ok()?;
        (made_for == handle).then_some(())?;
        Some(Passkey {
            id: made.id().as_ref().to_vec(),
            handle,
            public: made.static_state().encode().ok()?,
            state: made.dynamic_state().encode().ok()?.to_vec(),
        })
    }

    /// Asks for any passkey of this site. `None` when too many are asked.
    pub(crate) fn ask(&self, site: &Site) -> Option<String> {
        let asked = DiscoverableCredentialRequestOptions::passkey(&site.rp);
        let (open, told) = asked.start_ceremony().ok()?;
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.insert_or_replace_all_expired(open);
        matches!(kept, InsertResult::Success).then(|| serde_json::to_string(&told).ok())?
    }

    /// Whether an answer fits an open question and the passkey that is kept; its state from now on.
    pub(crate) fn fits(&self, site: &Site, shown: &Shown, kept: &Passkey) -> Option<Vec<u8>> {
        let challenge = shown.0.challenge_relaxed().ok()?;
        let open = self.known.lock().unwrap_or_else(PoisonError::into_inner).take(&challenge)?;
        let id = CredentialId::<&[u8]>::decode(kept.id.as_slice()).ok()?;
        let handle = UserHandle::decode(kept.handle).ok()?;
        let public = StaticState::<PublicKey>::decode(kept.public.as_slice()).ok()?;
        let state = DynamicState::decode(kept.state.as_slice().try_into().ok()?).ok()?;
        let mut credential = AuthenticatedCredential::new(id, &handle, public, state).ok()?;
        let options = AuthenticationVerificationOptions::<&str, &str> {
            allowed_origins: &[&site.origin],
            ..Default::default()
        };
        open.verify(&site.rp, &shown.0, &mut credential, &options).ok()?;
        Some(credential.dynamic_state().encode().ok()?.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_hold_where_browsers_make_them() {
        for (origin, name) in [
            ("https://tables.example", Some("tables.example")),
            ("https://tables.example:8443", Some("tables.example")),
            ("http://localhost:8081", Some("localhost")),
            ("http://tables.example", None),
            ("http://127.0.0.1:8081", None),
            ("https://[::1]", None),
            ("", None),
        ] {
            assert_eq!(Site::of(origin).as_ref().map(Site::name), name, "{origin}");
        }
    }

    #[test]
    fn what_answers_no_open_question_is_nothing() {
        let questions = Questions::default();
        let site = Site::of("http://localhost:8081").unwrap();
        let told = questions.ask(&site).unwrap();
        assert!(told.contains("\"rpId\":\"localhost\"") && told.contains("\"required\""), "{told}");
        let handle = [7; HANDLE_BYTES];
        let told = questions.ask_for_new(&site, handle, ("cook", "見本"), Vec::new()).unwrap();
        assert!(told.contains("\"challenge\"") && told.contains("localhost"), "{told}");
        for json in ["", "{}", "null", "{\"id\":\"AA\"}"] {
            assert!(questions.new_one(&site, handle, json).is_none());
            assert!(Shown::read(json).is_none());
        }
    }
}
