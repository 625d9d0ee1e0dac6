//! The API as it is described: the contract's addresses are there, every operation says what can
//! go wrong, and a change shows as a change of the snapshot. To take a change on:
//! `INSTA_UPDATE=always cargo test -p azukari --test it openapi`.

use serde_json::Value;

use crate::house::House;

/// What programs were promised.
const CONTRACT: [(&str, &str); 62] = [
    ("post", "/v1/subjects"),
    ("put", "/v1/subjects/{subject}/items/{item}"),
    ("delete", "/v1/subjects/{subject}"),
    ("get", "/v1/subjects/{subject}/items"),
    ("post", "/v1/subjects/{subject}/items/{item}/confirmation"),
    ("get", "/v1/subjects/{subject}/holds/{hold}"),
    ("put", "/v1/subjects/{subject}/holds/{hold}"),
    ("delete", "/v1/subjects/{subject}/holds/{hold}"),
    ("get", "/v1/requests"),
    ("get", "/v1/requests/{request}"),
    ("get", "/v1/subjects/{subject}/requests"),
    ("post", "/v1/requests"),
    ("post", "/v1/requests/{request}/codes"),
    ("post", "/v1/requests/{request}/steps"),
    ("post", "/v1/requests/{request}/verifications"),
    ("get", "/v1/retention/forecast"),
    ("get", "/v1/subjects/{subject}/consents"),
    ("get", "/v1/subjects/{subject}/consents/{consent}"),
    ("put", "/v1/subjects/{subject}/consents/{consent}"),
    ("get", "/v1/subjects/{subject}/consents/{consent}/record"),
    ("get", "/v1/subjects/{subject}/consents/{consent}/receipt"),
    ("put", "/v1/subjects/{subject}/engagements/{recipient}/{reference}"),
    ("get", "/v1/subjects/{subject}/restrictions"),
    ("put", "/v1/subjects/{subject}/restrictions"),
    ("get", "/v1/subjects/{subject}/provisions"),
    ("put", "/v1/recipients/{recipient}"),
    ("post", "/v1/exceptions"),
    ("put", "/v1/exceptions/{exception}"),
    ("get", "/v1/instructions"),
    ("post", "/v1/instructions/{instruction}/answer"),
    ("post", "/v1/datasets"),
    ("get", "/v1/datasets/{dataset}"),
    ("delete", "/v1/datasets/{dataset}"),
    ("get", "/v1/datasets/{dataset}/method"),
    ("post", "/v1/datasets/{dataset}/approvals"),
    ("post", "/v1/datasets/{dataset}/provisions"),
    ("post", "/v1/statistics"),
    ("get", "/v1/statistics/{purpose}"),
    ("get", "/v1/webhooks"),
    ("post", "/v1/webhooks"),
    ("delete", "/v1/webhooks/{webhook}"),
    ("post", "/v1/webhooks/{webhook}/secret"),
    ("post", "/v1/sign-ins"),
    ("post", "/v1/sign-ins/addresses"),
    ("put", "/v1/subjects/{subject}/secrets/password"),
    ("post", "/v1/letters"),
    ("post", "/v1/letters/sign-up"),
    ("get", "/v1/subjects/{subject}/sign-ins"),
    ("get", "/v1/subjects/{subject}/links"),
    ("put", "/v1/subjects/{subject}/links/{service}"),
    ("delete", "/v1/subjects/{subject}/links/{service}"),
    ("post", "/v1/uses"),
    ("post", "/v1/disclosures"),
    ("post", "/v1/disclosures/batch"),
    ("post", "/v1/consents/standings"),
    ("get", "/v1/policy"),
    ("get", "/v1/policy/versions"),
    ("get", "/v1/policy/versions/{version}"),
    ("get", "/v1/ledger/proofs/{index}"),
    ("get", "/ledger/checkpoint"),
    ("get", "/ledger/key"),
    ("get", "/ledger/tile/{*tile}"),
];

async fn described(house: &House) -> Value {
    house.get("/openapi.json").by_nobody().go().await.expect(200)
}

fn operations(description: &Value) -> Vec<(String, String, Value)> {
    let mut found = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            found.push((method.clone(), path.clone(), operation.clone()));
        }
    }
    found
}

#[tokio::test]
async fn the_description_is_openapi_3_1_and_changes_only_on_purpose() {
    let house = House::open();
    let description = described(&house).await;
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1."));
    insta::assert_json_snapshot!("openapi", description);
}

#[tokio::test]
async fn every_address_of_the_contract_is_described_and_served() {
    let house = House::open();
    let description = described(&house).await;
    let operations = operations(&description);
    let mut known: Vec<(&str, &str)> =
        operations.iter().map(|(method, path, _)| (method.as_str(), path.as_str())).collect();
    let mut contract = CONTRACT.to_vec();
    known.sort_unstable();
    contract.sort_unstable();
    assert_eq!(known, contract);
    for (method, path, operation) in operations {
        let address = path.replace("{*tile}", "0/000.p/1").replace("{index}", "0");
        let address = address.replace("{version}", "2026-10-01");
        let address = address.replace(['{', '}'], "");
        let answer = house.call(&method.to_uppercase(), &address).by_nobody().go().await;
        let secured = operation["security"].is_array();
        assert_eq!(answer.status, if secured { 401 } else { 200 }, "{method} {path}");
    }
}

#[tokio::test]
async fn every_operation_says_what_can_go_wrong() {
    let house = House::open();
    let description = described(&house).await;
    for (method, path, operation) in operations(&description) {
        let what = format!("{method} {path}");
        let responses = operation["responses"].as_object().unwrap();
        let mut expected = vec!["405", "500", "503"];
        if operation["security"].is_array() {
            expected.extend(["401", "403", "429"]);
        }
        if !operation["requestBody"].is_null() {
            expected.extend(["413", "422"]);
        }
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        if parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key") {
            expected.push("409");
        }
        if path.contains("{subject}") || path.contains("{version}") {
            expected.push("404");
        }
        for status in expected {
            assert!(responses.contains_key(status), "{what} says nothing of {status}");
        }
        for (status, response) in responses {
            assert!(!response["description"].as_str().unwrap().is_empty(), "{what} {status}");
            if status.starts_with('4') || status.starts_with('5') {
                let problem = &response["content"]["application/problem+json"]["schema"];
                assert_eq!(problem["$ref"], "#/components/schemas/ProblemDetails", "{what}");
            }
        }
        assert!(!operation["summary"].as_str().unwrap_or_default().is_empty(), "{what}");
    }
    assert!(description["components"]["schemas"]["ProblemDetails"].is_object());
}

#[tokio::test]
async fn health_is_told_to_anybody() {
    let house = House::open();
    for path in ["/healthz", "/readyz"] {
        assert_eq!(house.get(path).by_nobody().go().await.status, 200, "{path}");
    }
}
