//! The policy as people, programs and operators get it: a page, Markdown, JSON, by address or by what
//! they accept; and the check on the command line with its exit codes (S1, R8.7).

use std::process::{Command, Output};

use serde_json::Value;

use crate::house::{House, policy_files};

#[tokio::test]
async fn the_policy_comes_in_the_form_and_language_that_its_reader_asks_for() {
    let house = House::open();
    let page = house.get("/policy?lang=ja").by_nobody().go().await;
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("content-language"), Some("ja"));
    assert_eq!(page.header("vary"), Some("Accept, Accept-Language"));
    let html = page.text();
    for part in [
        "かんたんなまとめ",
        "<link rel=\"privacy-policy\" href=\"/policy\">",
        "hreflang=\"en\" href=\"https://policy.stories.example/policy?lang=en\"",
        "type=\"text/markdown\" href=\"/policy.md?lang=ja\"",
        "<section id=\"requests\"",
        "data-rows=\"S23 S24",
        "個人情報保護法第28条第3項、第32条第1項第3号",
        "1,000円",
        "<a href=\"mailto:info@omakase-japan.zendesk.com\">",
        "<a href=\"https://www.gmo.jp/company-profile/groupinfo/\"",
    ] {
        assert!(html.contains(part), "no {part}");
    }
    assert!(!html.contains("<script"), "a page without scripts");
    let links = page.header("link").unwrap();
    assert!(links.contains("</policy.json>; rel=\"alternate\""), "{links}");

    for (path, accept, kind) in [
        ("/policy?lang=en", "application/json", "application/json"),
        ("/policy.json?lang=en", "text/html", "application/json"),
        ("/policy?lang=en", "text/markdown", "text/markdown; charset=utf-8"),
        ("/policy.md?lang=en", "*/*", "text/markdown; charset=utf-8"),
        ("/policy?lang=en", "*/*", "text/html; charset=utf-8"),
    ] {
        let answer = house.get(path).by_nobody().header("accept", accept).go().await;
        assert_eq!(answer.header("content-type"), Some(kind), "{path} as {accept}");
        assert!(answer.text().contains("JPY 1,000"), "{path} as {accept}");
    }
    let notice = house.get("/policy.json?lang=en").by_nobody().go().await.expect(200);
    assert_eq!(notice["language"], "en");
    assert_eq!(notice["summary"]["heading"], "In short");
    let schema = house.get("/policy.schema.json").by_nobody().go().await;
    assert_eq!(schema.header("content-type"), Some("application/schema+json"));
    assert_eq!(schema.expect(200)["title"], "Notice");
    house.adds_up();
}

fn azukari(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_azukari")).args(args).output().unwrap()
}

fn said(out: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
}

#[test]
fn a_check_weighs_by_day_and_strictness_and_tells_people_and_machines() {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in policy_files() {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let folder = dir.path().to_str().unwrap();
    let check = |more: &[&str]| azukari(&[&["policy", "check", folder], more].concat());
    // Samples are warnings; a check of equivalent measures runs out with the days.
    let out = check(&["--on", "2026-10-01"]);
    assert_eq!(out.status.code(), Some(0), "{}", said(&out));
    assert!(said(&out).contains("controller.toml:"), "{}", said(&out));
    assert!(said(&out).contains("[sample-left-in]"), "{}", said(&out));
    assert_eq!(check(&["--on", "2026-10-01", "--strict"]).status.code(), Some(2));
    let out = check(&["--on", "2027-07-01", "--language", "ja"]);
    assert_eq!(out.status.code(), Some(2), "{}", said(&out));
    assert!(
        said(&out).contains("相当措置の確認の期限（2027-06-01）を過ぎています"),
        "{}",
        said(&out)
    );

    let out = check(&["--on", "2026-10-01", "--format", "json"]);
    let found: Value = serde_json::from_slice(&out.stdout).unwrap();
    let sample = found.as_array().unwrap().iter().find(|f| f["rule"] == "sample-left-in").unwrap();
    assert_eq!(sample["severity"], "warning");
    assert!(sample["line"].as_u64().unwrap() > 1 && !sample["message"]["ja"].is_null());
    let out = check(&["--on", "2026-10-01", "--format", "sarif"]);
    let log: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert_eq!(
        log["runs"][0]["results"].as_array().unwrap().len(),
        found.as_array().unwrap().len()
    );

    // What is incoherent is told the same way.
    let purposes = dir.path().join("purposes.toml");
    let text = std::fs::read_to_string(&purposes).unwrap().replacen("[billing]", "[biling]", 1);
    std::fs::write(&purposes, text).unwrap();
    let out = check(&["--format", "json"]);
    assert_eq!(out.status.code(), Some(2), "{}", said(&out));
    let found: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert!(found.as_array().unwrap().iter().all(|f| f["rule"] == "coherence"), "{found}");
    // A folder that is not there could not be looked at.
    assert_eq!(azukari(&["policy", "check", "/nowhere"]).status.code(), Some(1));
    let out = azukari(&["policy", "notice", folder]);
    assert_eq!(out.status.code(), Some(2), "{}", said(&out));
    assert!(said(&out).contains("not coherent"), "{}", said(&out));
}

#[test]
fn the_notice_is_written_from_a_folder_in_every_form() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/clinic");
    let notice = |more: &[&str]| {
        let out = azukari(&[&["policy", "notice", folder], more].concat());
        assert!(out.status.success(), "{}", said(&out));
        String::from_utf8(out.stdout).unwrap()
    };
    assert!(notice(&[]).starts_with("# プライバシーポリシー\n"));
    assert!(notice(&["--language", "en"]).contains("\n## 1. Information we hold\n"));
    let json: Value = serde_json::from_str(&notice(&["--format", "json"])).unwrap();
    assert_eq!(json["sections"][0]["id"], "information");
    assert!(notice(&["--format", "html", "--language", "en"]).starts_with("<!DOCTYPE html>"));
}
