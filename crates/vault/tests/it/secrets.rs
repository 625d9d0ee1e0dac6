//! Passwords are checked, cards are charged; neither can be asked for.

use policy::SecretName;
use vault::{
    BadCard, BadPassword, CardToken, FileKey, OpenError, Plain, SubjectKey, Verifier,
    VerifierError, check_against_nobody, open,
};

use crate::house::{item, permit, person};

fn plain(text: &str) -> Plain {
    Plain::new(text.to_owned())
}

#[test]
fn a_password_is_known_again_and_another_is_not() {
    let verifier = Verifier::new(&plain("correct horse")).unwrap();
    let text = verifier.to_text();
    assert!(text.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{text}");
    let read = Verifier::parse(&text).unwrap();
    assert!(!read.needs_rehash());
    assert_eq!(read.check(&plain("correct horse")), Ok(true));
    assert_eq!(read.check(&plain("correct horsf")), Ok(false));
    assert_eq!(read.check(&plain("short")), Ok(false));
    assert_eq!(check_against_nobody(&plain("correct horse")), Ok(false));
    assert_ne!(Verifier::new(&plain("correct horse")).unwrap().to_text(), text, "salted");
    assert_eq!(format!("{verifier:?}"), "Verifier(…)");
}

#[test]
fn a_password_typed_on_another_machine_is_the_same() {
    let verifier = Verifier::new(&plain("が\u{e9}-password")).unwrap();
    assert_eq!(verifier.check(&plain("か\u{3099}e\u{301}-password")), Ok(true));
}

#[test]
fn a_password_has_8_to_128_characters() {
    for (text, wanted) in [
        ("1234567".to_owned(), BadPassword::TooShort { chars: 7 }),
        ("か\u{3099}".repeat(7), BadPassword::TooShort { chars: 7 }),
        ("é".repeat(129), BadPassword::TooLong { chars: 129 }),
        ("x".repeat(1 << 20), BadPassword::TooLong { chars: 1 << 20 }),
    ] {
        assert_eq!(Verifier::new(&plain(&text)).unwrap_err(), wanted);
    }
    assert!(Verifier::new(&plain(&"鍵".repeat(8))).is_ok());
    assert!(Verifier::new(&plain(&"e\u{301}".repeat(128))).is_ok());
}

#[test]
fn a_published_verifier_is_understood_and_wants_a_rehash() {
    // From the Argon2 reference implementation's tests.
    let verifier = Verifier::parse(
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    )
    .unwrap();
    assert_eq!(verifier.check(&plain("password")), Ok(true));
    assert_eq!(verifier.check(&plain("passwore")), Ok(false));
    assert!(verifier.needs_rehash());
}

#[test]
fn a_verifier_of_another_make_is_refused_before_any_work() {
    let hash = "c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    for (start, wanted) in [
        ("$argon2i$v=19$m=65536,t=2,p=1", VerifierError::NotAVerifier),
        ("$argon2id$v=16$m=65536,t=2,p=1", VerifierError::NotAVerifier),
        ("$argon2id$v=19$m=4194304,t=2,p=1", VerifierError::TooCostly),
        ("$argon2id$v=19$m=65536,t=1000,p=1", VerifierError::TooCostly),
    ] {
        assert_eq!(Verifier::parse(&format!("{start}${hash}")).unwrap_err(), wanted, "{start}");
    }
    for text in ["", "password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ"] {
        assert_eq!(Verifier::parse(text).unwrap_err(), VerifierError::NotAVerifier, "{text}");
    }
}

#[test]
fn a_card_number_is_never_taken_for_a_token() {
    for number in [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "４１１１１１１１１１１１１１１１",
        "378282246310005",
        "4222222222222",
        "6304000000000000000",
    ] {
        let refused = CardToken::new(plain(number), "Visa", "1111").unwrap_err();
        assert_eq!(refused, BadCard::CardNumber, "{number}");
        let refused = CardToken::new(plain("tok_1"), number, "1111").unwrap_err();
        assert_eq!(refused, BadCard::CardNumber, "{number}");
    }
    // Numbers, but nobody's card.
    for token in ["4111111111111112", "411111111111", "tok_4242", "a4111111111111111"] {
        assert!(CardToken::new(plain(token), "Visa", "1111").is_ok(), "{token}");
    }
}

#[test]
fn a_card_is_read_strictly() {
    let read = |token: &str, brand, last4| CardToken::new(plain(token), brand, last4);
    let card = read("tok_1Nx", "American Express", "0005").unwrap();
    assert_eq!((card.brand(), card.last4()), ("American Express", "0005"));
    assert_eq!(read("", "Visa", "1111").unwrap_err(), BadCard::NotAToken);
    assert_eq!(read("tok 1", "Visa", "1111").unwrap_err(), BadCard::NotAToken);
    assert_eq!(read("tok_1", "", "1111").unwrap_err(), BadCard::NotABrand);
    assert_eq!(read("tok_1", "<b>", "1111").unwrap_err(), BadCard::NotABrand);
    assert_eq!(read("tok_1", "Visa", "11111").unwrap_err(), BadCard::NotLastFour);
    assert_eq!(read("tok_1", "Visa", "１１１１").unwrap_err(), BadCard::NotLastFour);
    assert!(!format!("{card:?}").contains("tok_"));
}

#[test]
fn no_permit_opens_a_card_even_under_an_item_of_the_same_name() {
    let folder = tempfile::tempdir().unwrap();
    let root = FileKey::create(&folder.path().join("root.key")).unwrap();
    let (key, _) = SubjectKey::create(&root, person(1)).unwrap();
    let payment: SecretName = "payment".parse().unwrap();
    let card = CardToken::new(plain("tok_1Nx"), "Visa", "1111").unwrap();
    let sealed = card.seal(&key, &payment, 1).unwrap();

    let permit = permit(person(1), &["payment"]);
    let opened = open(&permit, &key, &item("payment"), 1, sealed.as_bytes());
    assert!(matches!(opened, Err(OpenError::NotOpened { .. })));
    // In a succession it moves as a card, and only as a card.
    let (succession, _) = key.succeed(&root).unwrap();
    assert!(succession.reseal_card(&payment, 1, sealed.as_bytes()).is_ok());
    assert!(succession.reseal(&item("payment"), 1, sealed.as_bytes()).is_err());
}
