//! Other services that let a guest in and pass on what she grants there, by OpenID Connect (S4): who they are,
//! the way there, and what is believed of an answer. Knows no pages, and keeps nothing beyond `waiting`.

mod providers;
mod waiting;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use data_encoding::BASE64URL_NOPAD;
use openidconnect::core::{
    CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreGenderClaim, CoreIdToken,
    CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthType, AuthorizationCode, ClaimsVerificationError,
    ClientId, ClientSecret, CsrfToken, DiscoveryError, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IssuerUrl, LanguageTag, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, TokenResponse,
    UserInfoClaims, UserInfoError,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::chance;
use crate::language::Language;

pub(crate) use providers::Provider;
pub(crate) use waiting::{Told, Waiting};

/// How long an answer may take before a service counts as out of reach.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a service is taken to be what its discovery said.
const FRESH: Duration = Duration::from_mins(10);
/// The longest answer that is read, and the longest value that is taken out of one.
const LONGEST_ANSWER_BYTES: usize = 256 * 1024;
const LONGEST_VALUE_CHARS: usize = 2000;

/// Why somebody was not let in by another service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Amiss {
    /// It is out of reach, or did not say what it should.
    Away,
    /// What came back does not prove who she is.
    Unproven,
}

/// Somebody on her way to another service: what her answer has to fit.
#[derive(Clone)]
pub(crate) struct Attempt {
    /// The service's name.
    pub(crate) service: String,
    /// The guest who was signed in when she left, if any.
    pub(crate) guest: Option<String>,
    /// Where she goes on to afterwards.
    pub(crate) next: String,
    state: String,
    nonce: String,
    verifier: String,
}

impl Attempt {
    /// True for the answer to this attempt and to no other.
    pub(crate) fn fits(&self, service: &str, state: &str) -> bool {
        self.service == service && self.state == state
    }
}

/// A client of one service, as its discovery set it up.
type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The services of the operator's file, and who is on the way to one.
#[derive(Default)]
pub(crate) struct Services {
    providers: BTreeMap<String, Provider>,
    /// Where people's browsers reach this app.
    public_url: String,
    http: reqwest::Client,
    known: Mutex<BTreeMap<String, (Instant, Arc<CoreProviderMetadata>)>>,
    pub(crate) waiting: Waiting,
}

/// Why a request got no answer that can be read.
#[derive(Debug, thiserror::Error)]
#[error("no answer")]
struct NoAnswer;

/// Claims beside those that the standard names, for the policy may name any.
#[derive(Debug, Deserialize, Serialize)]
struct Others(BTreeMap<String, Value>);

impl AdditionalClaims for Others {}

impl Services {
    /// Reads the operator's file; without one there are none.
    pub(crate) fn read(file: Option<&Path>, public_url: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()?;
        Ok(Self {
            providers: file.map(providers::read).transpose()?.unwrap_or_default(),
            public_url: public_url.trim_end_matches('/').to_owned(),
            http,
            known: Mutex::default(),
            waiting: Waiting::default(),
        })
    }

    /// The service of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&Provider> {
        self.providers.get(name)
    }

    /// Every service, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Provider)> {
        self.providers.iter().map(|(name, provider)| (name.as_str(), provider))
    }

    /// The way to a service: its address, and what the answer will have to fit.
    pub(crate) async fn begin(
        &self,
        (name, provider): (&str, &Provider),
        guest: Option<String>,
        next: &str,
        language: Language,
    ) -> Result<(String, Attempt), Amiss> {
        let metadata = self.metadata(name, provider, FRESH).await?;
        let client = self.client(name, provider, &metadata)?;
        let random = || chance::token().map_err(|_| Amiss::Away);
        let attempt = Attempt {
            service: name.to_owned(),
            guest,
            next: next.to_owned(),
            state: random()?,
            nonce: random()?,
            verifier: random()?,
        };
        // Whoever links a service, or links it anew, says there what she grants.
        let asked = attempt.guest.iter().map(|_| CoreAuthPrompt::Consent);
        let (state, nonce) = (attempt.state.clone(), attempt.nonce.clone());
        let verifier = PkceCodeVerifier::new(attempt.verifier.clone());
        let request = client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            || CsrfToken::new(state),
            || Nonce::new(nonce),
        );
        let request = request
            .add_scopes(provider.scopes.iter().cloned().map(Scope::new))
            .add_ui_locale(LanguageTag::new(language.tag().to_owned()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        let request = asked.fold(request, openidconnect::AuthorizationRequest::add_prompt);
        let (to, ..) = request.url();
        Ok((to.to_string(), attempt))
    }

    /// What a service tells of somebody who came back with a code: only what can be believed. `issuer` is what
    /// the answer says of itself (RFC 9207).
    pub(crate) async fn come_back(
        &self,
        attempt: Attempt,
        code: &str,
        issuer: Option<&str>,
    ) -> Result<Told, Amiss> {
        let name = attempt.service;
        let provider = self.get(&name).ok_or(Amiss::Unproven)?;
        if issuer.is_some_and(|issuer| issuer != provider.issuer) {
            return Err(unproven(&name, "the answer is another issuer's"));
        }
        let metadata = self.metadata(&name, provider, FRESH).await?;
        let client = self.client(&name, provider, &metadata)?;
        let http = |request| send(self.http.clone(), request);
        let code = AuthorizationCode::new(code.to_owned());
        let asked = client.exchange_code(code).map_err(|_| Amiss::Away)?;
        let asked = asked.set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier));
        let answer = asked.request_async(&http).await.map_err(|error| match error {
            RequestTokenError::Request(_) => Amiss::Away,
            RequestTokenError::ServerResponse(_) => unproven(&name, "the code was not taken"),
            _ => unproven(&name, "the answer to the code is unreadable"),
        })?;
        let id_token = answer.id_token().ok_or_else(|| unproven(&name, "there is no ID token"))?;
        let nonce = Nonce::new(attempt.nonce);
        let client = match verified(provider, &client, id_token, &nonce, &answer) {
            Ok(()) => client,
            // Its keys may be others by now.
            Err(ClaimsVerificationError::SignatureVerification(_)) => {
                let metadata = self.metadata(&name, provider, Duration::ZERO).await?;
                let client = self.client(&name, provider, &metadata)?;
                verified(provider, &client, id_token, &nonce, &answer)
                    .map_err(|error| unproven(&name, kind(&error)))?;
                client
            }
            Err(error) => return Err(unproven(&name, kind(&error))),
        };
        let mut claims = payload(id_token).ok_or_else(|| unproven(&name, "no claims"))?;
        let Some(id) = claims.remove("sub") else { return Err(unproven(&name, "no `sub`")) };
        // Where the answer names no scopes, all were granted (RFC 6749, 5.1).
        let scopes: Vec<String> = answer.scopes().map_or_else(
            || provider.scopes.clone(),
            |granted| granted.iter().map(|scope| scope.to_string()).collect(),
        );
        if client.user_info_url().is_some() && scopes.iter().any(|scope| scope != "openid") {
            let subject = openidconnect::SubjectIdentifier::new(id.clone());
            let asked = client.user_info(answer.access_token().clone(), Some(subject));
            let asked = asked.map_err(|_| Amiss::Away)?.require_issuer_match(true);
            let more: UserInfoClaims<Others, CoreGenderClaim> =
                asked.request_async(&http).await.map_err(|error| match error {
                    UserInfoError::Request(_) => Amiss::Away,
                    _ => unproven(&name, "what it tells of her is unreadable or of somebody else"),
                })?;
            let more = texts(serde_json::to_value(&more).ok());
            // Whether an address was proven is said of the address that comes with it.
            if more.contains_key("email") {
                claims.remove("email_verified");
            }
            claims.extend(more);
        }
        claims.retain(|_, value| value.chars().count() <= LONGEST_VALUE_CHARS);
        let issuer = provider.issuer.clone();
        let scopes = scopes.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        let (guest, next) = (attempt.guest, attempt.next);
        Ok(Told { service: name, issuer, id, scopes, claims, guest, next, taken: None })
    }

    /// What a service's discovery says, no older than a while.
    async fn metadata(
        &self,
        name: &str,
        provider: &Provider,
        at_most: Duration,
    ) -> Result<Arc<CoreProviderMetadata>, Amiss> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, metadata)) = known().get(name)
            && since.elapsed() < at_most
        {
            return Ok(Arc::clone(metadata));
        }
        let issuer = IssuerUrl::new(provider.issuer.clone()).map_err(|_| Amiss::Away)?;
        let http = |request| send(self.http.clone(), request);
        let found = CoreProviderMetadata::discover_async(issuer, &http).await;
        let metadata = Arc::new(found.map_err(|error| {
            if !matches!(error, DiscoveryError::Request(_)) {
                tracing::warn!(service = name, "its discovery cannot be used: {error}");
            }
            Amiss::Away
        })?);
        known().insert(name.to_owned(), (Instant::now(), Arc::clone(&metadata)));
        Ok(metadata)
    }

    fn client(
        &self,
        name: &str,
        provider: &Provider,
        metadata: &CoreProviderMetadata,
    ) -> Result<Client, Amiss> {
        let back = format!("{}/sign-in/with/{name}/back", self.public_url);
        let back = RedirectUrl::new(back).map_err(|_| Amiss::Away)?;
        let id = ClientId::new(provider.client_id.clone());
        let secret = ClientSecret::new(provider.secret.clone());
        let how = if provider.secret_in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
        let client = CoreClient::from_provider_metadata(metadata.clone(), id, Some(secret));
        Ok(client.set_redirect_uri(back).set_auth_type(how))
    }
}

/// Whether an ID token is this service's, for us, for this attempt, and goes with the access token.
fn verified(
    provider: &Provider,
    client: &Client,
    id_token: &CoreIdToken,
    nonce: &Nonce,
    answer: &CoreTokenResponse,
) -> Result<(), ClaimsVerificationError> {
    let mut verifier = client.id_token_verifier();
    if provider.signed_with_secret {
        verifier = verifier.set_allowed_algs([CoreJwsSigningAlgorithm::HmacSha256]);
    }
    let claims = id_token.claims(&verifier, nonce)?;
    if let Some(said) = claims.access_token_hash() {
        let other = |_| ClaimsVerificationError::Other("access token".to_owned());
        let algorithm =
            id_token.signing_alg().map_err(ClaimsVerificationError::SignatureVerification)?;
        let key = id_token
            .signing_key(&verifier)
            .map_err(ClaimsVerificationError::SignatureVerification)?;
        let is = AccessTokenHash::from_token(answer.access_token(), algorithm, key).map_err(other);
        if is? != *said {
            return Err(ClaimsVerificationError::Other("access token".to_owned()));
        }
    }
    Ok(())
}

/// What was wrong, without the value that was: it could be a person's.
fn kind(error: &ClaimsVerificationError) -> &'static str {
    match error {
        ClaimsVerificationError::Expired(_) => "the ID token has expired",
        ClaimsVerificationError::InvalidAudience(_) => "the ID token is for somebody else",
        ClaimsVerificationError::InvalidIssuer(_) => "the ID token is another issuer's",
        ClaimsVerificationError::InvalidNonce(_) => "the ID token answers another attempt",
        ClaimsVerificationError::SignatureVerification(_) => "the ID token is not signed by it",
        _ => "the ID token cannot be used",
    }
}

fn unproven(service: &str, why: &str) -> Amiss {
    tracing::warn!(service, "nobody is let in: {why}");
    Amiss::Unproven
}

/// The claims of an ID token that was verified.
fn payload(id_token: &CoreIdToken) -> Option<BTreeMap<String, String>> {
    let token = id_token.to_string();
    let payload = BASE64URL_NOPAD.decode(token.split('.').nth(1)?.as_bytes()).ok()?;
    Some(texts(serde_json::from_slice(&payload).ok()))
}

/// What can be read as text; what is nested cannot.
fn texts(claims: Option<Value>) -> BTreeMap<String, String> {
    let Some(Value::Object(claims)) = claims else { return BTreeMap::new() };
    let text = |value| match value {
        Value::String(text) => Some(text).filter(|text| !text.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        _ => None,
    };
    claims.into_iter().filter_map(|(claim, value)| Some((claim, text(value)?))).collect()
}

/// Sends one request; a service that fails is one that is out of reach.
async fn send(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
    let request = reqwest::Request::try_from(request).map_err(|_| NoAnswer)?;
    let mut answer = http.execute(request).await.map_err(|_| NoAnswer)?;
    if answer.status().is_server_error() {
        return Err(NoAnswer);
    }
    let mut response = HttpResponse::new(Vec::new());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    while let Some(chunk) = answer.chunk().await.map_err(|_| NoAnswer)? {
        response.body_mut().extend_from_slice(&chunk);
        if response.body().len() > LONGEST_ANSWER_BYTES {
            return Err(NoAnswer);
        }
    }
    Ok(response)
}
