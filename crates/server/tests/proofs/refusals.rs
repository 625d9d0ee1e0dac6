//! Everything the binary refuses at the command line: exit code 1, one line on standard error that
//! says what is wrong and the way out, and nothing changed.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use crate::house::{BINARY, House, POLICY, copy_binary, runtime, said};

/// One refusal: one line, with the words that say what is wrong and what to do.
fn refuses(name: &str, out: &Output, words: &[&str]) {
    let told = said(out);
    assert_eq!(out.status.code(), Some(1), "{name}: {told}");
    assert!(out.stdout.is_empty(), "{name}: {told}");
    let line = String::from_utf8_lossy(&out.stderr);
    assert!(line.starts_with("azukari: "), "{name}: {told}");
    assert_eq!(line.trim_end().lines().count(), 1, "{name}: {told}");
    for word in words {
        assert!(line.contains(word), "{name} does not say `{word}`: {told}");
    }
}

fn azukari(args: &[&str]) -> Output {
    let mut process = Command::new(BINARY);
    process.args(args).env_remove("AZUKARI_DATABASE").env_remove("AZUKARI_PUBLIC_URL");
    process.output().unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

const FREE: [&str; 4] = ["--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"];

#[test]
fn a_taken_port_is_named_with_its_flag() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let nowhere = tempfile::tempdir().unwrap();
    let data = nowhere.path().join("data");
    let with = |ports: [&str; 4]| {
        let fixed = ["serve", "--policy", POLICY.as_str(), "--data", path(&data)];
        azukari(&[&fixed[..], &ports[..]].concat())
    };
    let out = with(["--listen", &address, "--metrics", "127.0.0.1:0"]);
    refuses("listen", &out, &[&address, "is taken", "choose another with --listen"]);
    let out = with(["--listen", "127.0.0.1:0", "--metrics", &address]);
    refuses("metrics", &out, &[&address, "is taken", "choose another with --metrics"]);
    let out = with(["--listen", "192.0.2.1:80", "--metrics", "127.0.0.1:0"]);
    refuses("not ours", &out, &["192.0.2.1:80", "an address of this machine", "--listen"]);
    assert!(!data.exists(), "nothing is made where nothing can be served");
}

#[test]
fn a_public_url_that_is_more_than_an_origin_is_refused_before_anything_is_made() {
    let nowhere = tempfile::tempdir().unwrap();
    let data = nowhere.path().join("data");
    let fixed = ["serve", "--policy", POLICY.as_str(), "--data", path(&data)];
    for (url, wrong) in [
        ("https://privacy.example.jp/policy", "has a path"),
        ("https://privacy.example.jp?lang=ja", "has a query"),
        ("https://operator:hush@privacy.example.jp", "holds credentials"),
        ("http://privacy.example.jp", "is http"),
        ("privacy.example.jp", "cannot be read"),
    ] {
        let out = azukari(&[&fixed[..], &FREE, &["--public-url", url]].concat());
        refuses(url, &out, &["--public-url", wrong, "https://privacy.example.jp"]);
        assert!(!said(&out).contains("hush"), "{}", said(&out));
        let mut process = Command::new(BINARY);
        let process = process.args([&fixed[..], &FREE].concat()).env("AZUKARI_PUBLIC_URL", url);
        refuses(url, &process.output().unwrap(), &["--public-url", wrong]);
    }
    assert!(!data.exists(), "nothing is made");
}

#[test]
fn a_data_folder_that_cannot_be_used_is_named_with_its_flag() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "not a folder").unwrap();
    let out = azukari(&["keys", "list", "--data", path(&file)]);
    refuses("a file", &out, &[path(&file), "cannot be made", "--data"]);
    let inside = file.join("data");
    let out = azukari(&["keys", "list", "--data", path(&inside)]);
    refuses("in a file", &out, &[path(&inside), "cannot be made", "--data"]);

    let locked = folder.path().join("locked");
    std::fs::create_dir(&locked).unwrap();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    std::fs::set_permissions(&locked, PermissionsExt::from_mode(0o555)).unwrap();
    let binary = folder.path().join("azukari");
    copy_binary(&binary);
    let mut process = Command::new(&binary);
    if rustix::process::geteuid().is_root() {
        use std::os::unix::process::CommandExt;
        process.uid(65_534).gid(65_534);
    }
    let out = process.args(["keys", "list", "--data", path(&locked)]).output().unwrap();
    refuses("not ours", &out, &[path(&locked), "is not writable", "--data"]);
}

#[test]
fn root_keys_that_do_not_fit_are_refused() {
    let house = House::on_sqlite();
    let other = House::on_sqlite();
    let root = house.file("root.key");
    let verify = |house: &House, more: &[&str]| house.azukari(&["ledger", "verify"], more);
    // There is no policy yet, so this ends as soon as the keys fit.
    let serve =
        |house: &House, more: &[&str]| house.azukari(&["serve"], &[&FREE[..], more].concat());

    for (name, command) in
        [("serve", &serve as &dyn Fn(&House, &[&str]) -> Output), ("verify", &verify)]
    {
        let wrong = ["--root-key", path(&other.file("root.key"))].map(str::to_owned);
        let wrong = [wrong[0].as_str(), wrong[1].as_str()];
        let words = ["does not fit this database", "root_", "start with that key's file"];
        refuses(name, &command(&house, &wrong), &words);

        std::fs::set_permissions(&root, PermissionsExt::from_mode(0o644)).unwrap();
        refuses(name, &command(&house, &[]), &["root.key", "mode 644", "chmod 600"]);
        std::fs::set_permissions(&root, PermissionsExt::from_mode(0o600)).unwrap();

        let away = house.file("away");
        std::fs::rename(&root, &away).unwrap();
        let words = ["root.key", "is not there", "put the root key back"];
        refuses(name, &command(&house, &[]), &words);
        assert!(!root.exists(), "a key was made for a database that has one");

        std::fs::write(&root, "azukari-root-key-1 tooshort\n").unwrap();
        std::fs::set_permissions(&root, PermissionsExt::from_mode(0o600)).unwrap();
        refuses(name, &command(&house, &[]), &["is not a root key", "from its copy"]);
        std::fs::rename(&away, &root).unwrap();
        let fits = said(&command(&house, &[]));
        assert!(["no policy", "sound"].iter().any(|end| fits.contains(end)), "{fits}");
    }
    // With the flag that names a file which is not there, too.
    let out = serve(&house, &["--root-key", "/nowhere/root.key"]);
    refuses("named", &out, &["/nowhere/root.key", "is not there"]);
}

#[test]
fn one_database_has_one_writer_and_any_number_of_lookers() {
    let house = House::on_sqlite();
    let server = house.start();
    refuses(
        "second server",
        &house.serve().output().unwrap(),
        &["another azukari", "stop it first"],
    );
    let new = house.file("new.key");
    let out = house.azukari(&["keys", "rotate-root"], &["--new-root-key", path(&new)]);
    refuses("rotate", &out, &["another azukari is using", "azukari.db", "stop it first"]);
    assert!(!new.exists(), "a key was made for nothing");
    for command in [["keys", "list"], ["ledger", "verify"]] {
        let out = house.azukari(&command, &[]);
        assert!(out.status.success(), "{}", said(&out));
    }
    assert!(runtime().block_on(server.caller().store()).is_ok());
}

#[test]
fn a_house_does_not_open_without_a_coherent_policy() {
    let house = House::on_sqlite();
    let serve = |more: &[&str]| house.azukari(&["serve"], &[&FREE[..], more].concat());
    refuses("none", &serve(&[]), &["no policy has been published", "start with `--policy DIR`"]);
    let out = serve(&["--policy", "/nowhere"]);
    refuses("nowhere", &out, &["/nowhere/", "cannot be read", "--policy"]);

    let broken = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(POLICY.as_str()).unwrap().map(Result::unwrap) {
        std::fs::copy(file.path(), broken.path().join(file.file_name())).unwrap();
    }
    let purposes = broken.path().join("purposes.toml");
    let text = std::fs::read_to_string(&purposes).unwrap();
    std::fs::write(&purposes, text.replacen("[billing]", "[biling]", 1)).unwrap();
    let out = serve(&["--policy", path(broken.path())]);
    refuses("incoherent", &out, &["not coherent", "azukari policy check"]);
    let out = azukari(&["policy", "check", path(broken.path())]);
    assert_eq!(out.status.code(), Some(2), "{}", said(&out));
    assert!(said(&out).contains("items.toml:"), "{}", said(&out));
    let out = azukari(&["policy", "check", "/nowhere"]);
    assert!(matches!(out.status.code(), Some(1 | 2)), "{}", said(&out));
    assert!(said(&out).contains("/nowhere"), "{}", said(&out));

    // Published once, a version keeps its text.
    let server = house.start();
    assert!(server.stop().success());
    let controller = broken.path().join("controller.toml");
    std::fs::write(&purposes, format!("{text}\n# another text\n")).unwrap();
    let out = serve(&["--policy", path(broken.path())]);
    refuses("same version", &out, &["was published with other files", "a new `version`"]);
    let older = std::fs::read_to_string(&controller).unwrap().replace("2026-10-01", "2026-09-01");
    std::fs::write(&controller, older).unwrap();
    let consents = broken.path().join("consents.toml");
    let older = std::fs::read_to_string(&consents).unwrap().replace("2026-10-01", "2026-09-01");
    std::fs::write(&consents, older).unwrap();
    let out = serve(&["--policy", path(broken.path())]);
    refuses("older version", &out, &["is older than `2026-10-01`", "a later version"]);
}

type Words<'a> = &'a [&'a str];

#[test]
fn nonsense_is_answered_in_one_line() {
    let house = House::on_sqlite();
    let cases: &[(&str, Words<'_>, Words<'_>, Words<'_>)] = &[
        (
            "unknown scope",
            &["keys", "new"],
            &["--name", "a", "--scope", "everything"],
            &["--scope", "`everything` is not one of"],
        ),
        ("no name", &["keys", "new"], &["--name", "", "--scope", "all"], &["--name", "1 to 60"]),
        (
            "no such key",
            &["keys", "revoke"],
            &["nobody"],
            &["no key `nobody` in force", "azukari keys list"],
        ),
        (
            "a root there already",
            &["keys", "rotate-root"],
            &["--new-root-key", "/etc/hostname"],
            &["exists already", "name another file"],
        ),
        (
            "an address of nothing",
            &["keys", "list"],
            &["--database", "mysql://x"],
            &["sqlite:", "postgres://"],
        ),
        (
            "a database away",
            &["keys", "list"],
            &["--database", "postgres://nobody:hush@127.0.0.1:1/none"],
            &["check that PostgreSQL runs"],
        ),
        (
            "a database away, looked at",
            &["ledger", "verify"],
            &["--database", "postgres://nobody:hush@127.0.0.1:1/none"],
            &["check that PostgreSQL runs"],
        ),
        (
            "no earlier checkpoint",
            &["ledger", "verify"],
            &["--since", "/nowhere/checkpoint"],
            &["/nowhere/checkpoint", "cannot be read"],
        ),
        (
            "not a checkpoint",
            &["ledger", "verify"],
            &["--since", "/etc/hostname"],
            &["earlier checkpoint", "--save"],
        ),
        (
            "a log that is nowhere",
            &["ledger", "verify"],
            &["--from", "/nowhere"],
            &["/nowhere", "http://"],
        ),
        (
            "a log over https",
            &["ledger", "verify"],
            &["--from", "https://log.example"],
            &["https", "save the files"],
        ),
        (
            "a log that is away",
            &["ledger", "verify"],
            &["--from", "http://127.0.0.1:1"],
            &["http://127.0.0.1:1/ledger/key", "check that the server runs"],
        ),
    ];
    for (name, command, more, words) in cases {
        let out = house.azukari(command, more);
        refuses(name, &out, words);
        assert!(!said(&out).contains("hush"), "{name} tells a password: {}", said(&out));
    }
    let away = azukari(&["ledger", "verify", "--data", "/nowhere/at/all"]);
    refuses("no data", &away, &["there is no database at `/nowhere/at/all/azukari.db`", "--data"]);
    assert!(!Path::new("/nowhere").exists());
    let key = "azukari.example/log+00000000+AAAA";
    for args in
        [&["ledger", "proof", "/nowhere", "--key", key][..], &["ledger", "proof", "/nowhere"]]
    {
        // Not 2: nothing was looked at, so nothing was found.
        refuses("flags", &azukari(args), &["--key", "--help"]);
    }
}

#[test]
fn help_names_every_flag() {
    let place = ["--data", "--database", "--root-key"];
    let cases: &[(&[&str], &[&str])] = &[
        (&["serve"], &["--policy", "--listen", "--metrics", "--rate", "--public-url"]),
        (&["keys", "new"], &["--name", "--scope"]),
        (&["keys", "list"], &[]),
        (&["keys", "revoke"], &["<ID>"]),
        (&["keys", "rotate-root"], &["--new-root-key"]),
        (&["ledger", "verify"], &["--from", "--key", "--since", "--save", "--json"]),
    ];
    for (command, flags) in cases {
        let out = azukari(&[command, &["--help"][..]].concat());
        let told = said(&out);
        assert!(out.status.success(), "{told}");
        for flag in flags.iter().chain(&place) {
            assert!(told.contains(flag), "{command:?} does not mention {flag}: {told}");
        }
    }
    for (command, flags) in [
        (&["policy", "check", "--help"][..], &["<DIR>"][..]),
        (&["ledger", "proof", "--help"], &["<FILE>", "--key", "--lang"]),
        (&["--help"], &["demo", "serve", "policy", "keys", "ledger", "bench", "--version"]),
    ] {
        let told = said(&azukari(command));
        for flag in flags {
            assert!(told.contains(flag), "{command:?} does not mention {flag}: {told}");
        }
    }
}
