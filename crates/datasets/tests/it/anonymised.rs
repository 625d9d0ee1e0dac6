use crate::house::*;

#[test]
fn the_sample_is_made_anonymous_as_suggested() {
    let (table, settings) = visits();
    println!("{}", datasets::written(&table, &settings, anonymise::Language::Ja).unwrap());
    let made = made(&table, &settings)
        .unwrap_or_else(|e| panic!("{}", e.sentence(anonymise::Language::En)));
    println!("{}", made.manifest.json().unwrap());
    println!("{}", String::from_utf8_lossy(&made.set.csv()[..600]));
    for check in &made.manifest.standards.checks {
        println!(
            "{} {:?}",
            check.holds,
            check.findings.iter().map(|f| f.sentence(anonymise::Language::Ja)).collect::<Vec<_>>()
        );
    }
}
