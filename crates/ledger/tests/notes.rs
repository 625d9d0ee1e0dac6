//! Keys, checkpoints and offline proofs: the published forms, and every way to bend them.
#![expect(clippy::unwrap_used, reason = "tests")]

use ledger::{
    CheckpointError, Edge, Hash, InclusionProof, KeyError, ProofError, ReceiptError, SigningKey,
    VerifyingKey, check_tlog_proof, leaf_hash, open_checkpoint, prove_inclusion, sign_checkpoint,
    tlog_proof,
};
use signed_note::{Note, StandardVerifier, VerifierList};

const ORIGIN: &str = "azukari.example/ledger";

fn key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[7; 32]).unwrap()
}

fn root() -> Hash {
    leaf_hash(b"the only entry")
}

/// The key and note that the Go implementation of signed notes publishes with its documentation.
mod published {
    pub(super) const NAME: &str = "PeterNeumann";
    /// The type byte and the seed.
    pub(super) const SEED: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    pub(super) const VKEY: &str =
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    pub(super) const TEXT: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n";
    pub(super) const SIGNED: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
}

#[test]
fn a_published_key_signs_the_published_note() {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    let typed = BASE64_STANDARD.decode(published::SEED).unwrap();
    let seed: [u8; 32] = typed[1..].try_into().unwrap();
    let key = SigningKey::from_seed(published::NAME, &seed).unwrap();
    assert_eq!(key.verifying_key().to_string(), published::VKEY);
    assert_eq!(published::VKEY.parse(), Ok(key.verifying_key().clone()));
    let mut note = Note::new(published::TEXT.as_bytes(), &[]).unwrap();
    note.add_sigs(&[&key]).unwrap();
    let signed = format!("{}\n{}", published::TEXT, published::SIGNED);
    assert_eq!(String::from_utf8(note.to_bytes()).unwrap(), signed);
}

#[test]
fn a_checkpoint_is_three_lines_and_a_signature() {
    let text = sign_checkpoint(&key(), 12_345, root()).unwrap();
    assert!(text.starts_with(&format!("{ORIGIN}\n12345\n{}\n\n— {ORIGIN} ", root())));
    assert!(text.ends_with("=\n"));
    let checkpoint = open_checkpoint(&text, &[key().verifying_key().clone()]).unwrap();
    assert_eq!(checkpoint.origin, ORIGIN);
    assert_eq!(checkpoint.size, 12_345);
    assert_eq!(checkpoint.root, root());
}

#[test]
fn another_implementation_opens_our_checkpoint() {
    let text = sign_checkpoint(&key(), 12_345, root()).unwrap();
    let verifier = StandardVerifier::new(&key().verifying_key().to_string()).unwrap();
    let note = Note::from_bytes(text.as_bytes()).unwrap();
    note.verify(&VerifierList::new(vec![Box::new(verifier)])).unwrap();
    let theirs = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!((theirs.origin(), theirs.size()), (ORIGIN, 12_345));
    assert_eq!(theirs.hash().0, root().0);
}

#[test]
fn a_checkpoint_signed_by_several_needs_one_known_key() {
    let old = SigningKey::from_seed(ORIGIN, &[8; 32]).unwrap();
    let witness = SigningKey::from_seed("witness.example", &[9; 32]).unwrap();
    let text = sign_checkpoint(&key(), 3, root()).unwrap();
    let mut note = Note::from_bytes(text.as_bytes()).unwrap();
    let ours = key();
    note.add_sigs(&[&ours, &old, &witness]).unwrap();
    let text = String::from_utf8(note.to_bytes()).unwrap();
    let open = |key: &SigningKey| open_checkpoint(&text, &[key.verifying_key().clone()]);
    assert!(open(&key()).is_ok());
    assert!(open(&old).is_ok());
    // A witness alone cannot speak for the log.
    assert!(matches!(open(&witness), Err(CheckpointError::WrongOrigin { .. })));
    let both = [witness.verifying_key().clone(), key().verifying_key().clone()];
    assert!(open_checkpoint(&text, &both).is_ok());
}

#[test]
fn a_bent_checkpoint_is_refused() {
    let vkeys = [key().verifying_key().clone()];
    let text = sign_checkpoint(&key(), 12_345, root()).unwrap();
    let open = |text: &str| open_checkpoint(text, &vkeys).map_err(|error| error.to_string());

    let bad = Err(format!("the signature by `{ORIGIN}` does not match the checkpoint"));
    assert_eq!(open(&text.replacen("12345", "12346", 1)), bad);
    assert_eq!(open(&text.replacen(&root().to_string(), &Hash([1; 32]).to_string(), 1)), bad);
    assert_eq!(open(&text.replacen("ledger", "ledgers", 1)), bad);
    assert_eq!(open(&text.replacen("\n\n", "\nmore\n\n", 1)), bad);

    let malformed = Err("the text is not a checkpoint".to_owned());
    for bent in [
        String::new(),
        text.replacen("12345", "012345", 1),
        text.replacen("12345", "+12345", 1),
        text.replacen("12345", "-1", 1),
        text.replacen("12345", "18446744073709551616", 1),
        text.replacen("12345", "", 1),
        text.replacen(ORIGIN, "", 1),
        text.replacen("=\n\n", "\n\n", 1),
        text.replacen('\n', "\r\n", 1),
        text.trim_end().to_owned(),
        format!("{text}\n"),
        text.replacen("\n\n", "\n", 1),
        text.replacen("— ", "- ", 1),
        text.replacen("\n\n", "\n\nmore\n\n", 1),
    ] {
        assert_eq!(open(&bent), malformed, "{bent}");
    }

    let stranger = SigningKey::from_seed(ORIGIN, &[1; 32]).unwrap();
    let unsigned = sign_checkpoint(&stranger, 12_345, root()).unwrap();
    assert_eq!(open(&unsigned), Err("the checkpoint bears no signature by a known key".to_owned()));
    assert!(matches!(open_checkpoint(&text, &[]), Err(CheckpointError::Unsigned)));
}

#[test]
fn a_checkpoint_of_another_log_is_refused() {
    let mut note = Note::new(format!("other.example\n1\n{}\n", root()).as_bytes(), &[]).unwrap();
    let key = key();
    note.add_sigs(&[&key]).unwrap();
    let text = String::from_utf8(note.to_bytes()).unwrap();
    let error = open_checkpoint(&text, &[key.verifying_key().clone()]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the checkpoint is of `other.example`, \
         and the key that signed it belongs to `azukari.example/ledger`"
    );
}

#[test]
fn extension_lines_are_passed_over() {
    let mut note = Note::new(format!("{ORIGIN}\n0\n{}\nmore\n", root()).as_bytes(), &[]).unwrap();
    let key = key();
    note.add_sigs(&[&key]).unwrap();
    let text = String::from_utf8(note.to_bytes()).unwrap();
    assert_eq!(open_checkpoint(&text, &[key.verifying_key().clone()]).unwrap().size, 0);
}

#[test]
fn a_key_is_read_back_or_refused_by_name() {
    let text = key().verifying_key().to_string();
    assert_eq!(text.parse(), Ok(key().verifying_key().clone()));
    let refused = |text: &str| text.parse::<VerifyingKey>().unwrap_err();
    let (name, rest) = text.split_once('+').unwrap();
    let (id, material) = rest.split_once('+').unwrap();
    assert!(matches!(refused(name), KeyError::Malformed(_)));
    assert!(matches!(refused(&format!("{name}+{id}")), KeyError::Malformed(_)));
    assert!(matches!(refused(&format!("{name}+{id}+{material}!")), KeyError::Malformed(_)));
    assert!(matches!(refused(&format!("other+{id}+{material}")), KeyError::WrongId(_)));
    assert!(matches!(refused(&format!("{name}+00000000+{material}")), KeyError::WrongId(_)));
    assert!(matches!(refused(&format!("{name}+{id}+Ag==")), KeyError::NotEd25519(_)));
    assert!(matches!(refused(&format!("{name}+{id}+AQ==")), KeyError::NotEd25519(_)));
    assert!(matches!(refused(&format!("{name}+{id}+")), KeyError::NotEd25519(_)));
    for name in ["", "a b", "a+b", "a\nb", "a\u{3000}b", "a\u{1}b"] {
        assert_eq!(
            SigningKey::from_seed(name, &[0; 32]).err(),
            Some(KeyError::Name(name.to_owned()))
        );
    }
}

#[test]
fn a_key_does_not_show_its_secret() {
    let shown = format!("{:?}", key());
    assert_eq!(shown, format!("SigningKey({})", key().verifying_key()));
}

/// A log of 300 entries, its checkpoint and the proof of one entry.
fn proven() -> (InclusionProof, String) {
    let mut edge = Edge::empty();
    let tiles = edge.append((0..300u32).map(|n| leaf_hash(&n.to_be_bytes())));
    let read = |id| {
        tiles.iter().find(|tile| tile.id == id).map(|tile| tile.hashes.clone()).ok_or("no tile")
    };
    let proof = prove_inclusion(130, 300, read).unwrap();
    (proof, sign_checkpoint(&key(), edge.size(), edge.root()).unwrap())
}

#[test]
fn an_offline_proof_has_the_published_form_and_checks() {
    let (proof, checkpoint) = proven();
    let vkeys = [key().verifying_key().clone()];
    let entry = 130u32.to_be_bytes();

    let text = tlog_proof(130, &proof, &checkpoint, None);
    let path: String = proof.0.iter().flat_map(|hash| [hash.to_string(), "\n".into()]).collect();
    assert_eq!(text, format!("c2sp.org/tlog-proof@v1\nindex 130\n{path}\n{checkpoint}"));
    let checked = check_tlog_proof(&text, &entry, &vkeys).unwrap();
    assert_eq!((checked.index, checked.checkpoint.size, checked.extra), (130, 300, None));

    let text = tlog_proof(130, &proof, &checkpoint, Some(b"salt"));
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra c2FsdA==\nindex 130\n"));
    let checked = check_tlog_proof(&text, &entry, &vkeys).unwrap();
    assert_eq!(checked.extra.as_deref(), Some(&b"salt"[..]));
}

#[test]
fn the_proof_of_a_lone_entry_has_no_hashes() {
    let checkpoint = sign_checkpoint(&key(), 1, root()).unwrap();
    let text = tlog_proof(0, &InclusionProof(Vec::new()), &checkpoint, None);
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nindex 0\n\nazukari.example/ledger\n1\n"));
    check_tlog_proof(&text, b"the only entry", &[key().verifying_key().clone()]).unwrap();
}

#[test]
fn a_bent_proof_is_refused() {
    let (proof, checkpoint) = proven();
    let vkeys = [key().verifying_key().clone()];
    let entry = 130u32.to_be_bytes();
    let text = tlog_proof(130, &proof, &checkpoint, None);
    let check = |text: &str| check_tlog_proof(text, &entry, &vkeys);

    let another = check_tlog_proof(&text, b"another", &vkeys);
    assert!(matches!(another, Err(ReceiptError::Proof(ProofError::WrongRoot))));
    let moved = check(&text.replacen("index 130", "index 131", 1));
    assert!(matches!(moved, Err(ReceiptError::Proof(ProofError::WrongRoot))));
    let beyond = check(&text.replacen("index 130", "index 300", 1));
    assert!(matches!(beyond, Err(ReceiptError::Proof(ProofError::NoSuchLeaf { .. }))));
    let resized = check(&text.replacen("\n300\n", "\n301\n", 1));
    assert!(matches!(resized, Err(ReceiptError::Checkpoint(_))));
    for bent in [
        text.replacen("@v1", "@v2", 1),
        text.replacen("index 130", "index 0130", 1),
        text.replacen("index 130", "index +130", 1),
        text.replacen("index 130\n", "", 1),
        text.replacen("index 130\n", "index 130\nindex 130\n", 1),
        text.replacen("index 130\n", "extra !\nindex 130\n", 1),
        text.replacen("index 130\n", "index 130\nextra c2FsdA==\n", 1),
        text.replacen("index 130\n", "index 130\n\n", 1),
        text.replacen("=\n", "\n", 1),
        text.replace("\n\n", "\n"),
        String::new(),
    ] {
        assert!(check(&bent).is_err(), "{bent}");
    }
}

#[test]
fn every_flipped_byte_of_a_proof_is_noticed() {
    let (proof, checkpoint) = proven();
    let vkeys = [key().verifying_key().clone()];
    let entry = 130u32.to_be_bytes();
    let text = tlog_proof(130, &proof, &checkpoint, None);
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1;
        if let Ok(bent) = String::from_utf8(bytes) {
            assert!(check_tlog_proof(&bent, &entry, &vkeys).is_err(), "byte {at}");
        }
    }
}
