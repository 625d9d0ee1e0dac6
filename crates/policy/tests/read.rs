//! Incoherent policies: the reference with one thing changed, and what the reader says of it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod common;

use policy::{Severity, read_files};

/// A change to one file of the reference, and the finding it must lead to.
struct Broken {
    file: &'static str,
    /// Text that stands there once, and what replaces it.
    change: (&'static str, &'static str),
    /// Text on the line that the finding must point at.
    points_at: &'static str,
    severity: Severity,
    message: &'static str,
    way_out: &'static str,
}

use Severity::{Error, Warning};

const TABLE: &[Broken] = &[
    Broken {
        file: "controller.toml",
        change: ("version = \"2026-10-01\"", "version = \"first\""),
        points_at: "version = \"first\"",
        severity: Error,
        message: "`first` is not a name: a version is a day, such as 2026-10-01, or 2026-10-01.2 \
                  for the second of a day",
        way_out: "choose another name",
    },
    Broken {
        file: "controller.toml",
        change: ("languages = [\"ja\", \"en\"]", "languages = [\"en\"]"),
        points_at: "[controller]",
        severity: Error,
        message: "the policy is not published in `ja`",
        way_out: "list ja and en under `languages`",
    },
    Broken {
        file: "controller.toml",
        change: ("languages = [\"ja\", \"en\"]", "languages = [\"ja\", \"en\", \"ja\"]"),
        points_at: "languages =",
        severity: Error,
        message: "`ja` is listed twice",
        way_out: "list it once",
    },
    Broken {
        file: "controller.toml",
        change: (
            "regimes = [\"jp\", \"eu\", \"uk\"]",
            "regimes = [\"jp\", \"eu\", \"uk\", \"us\"]",
        ),
        points_at: "regimes =",
        severity: Error,
        message: "`us` is not a regime that is known",
        way_out: "name jp, eu or uk, or take it out here",
    },
    Broken {
        file: "controller.toml",
        change: ("en = \"GMO OMAKASE Inc.\"", "en = \" \""),
        points_at: "[controller]",
        severity: Error,
        message: "`name` has no words in `en`",
        way_out: "people read every language of the policy; write it",
    },
    Broken {
        file: "controller.toml",
        change: ("info@omakase-japan.zendesk.com", "the desk"),
        points_at: "[controller]",
        severity: Error,
        message: "`the desk` is not an e-mail address",
        way_out: "write the address of the inquiry desk (Act 32(1)(iv))",
    },
    Broken {
        file: "controller.toml",
        change: ("country = \"JP\"", "country = \"Japan\""),
        points_at: "[controller]",
        severity: Error,
        message: "`Japan` is not a country code",
        way_out: "use two capital letters of ISO 3166-1, such as JP",
    },
    Broken {
        file: "controller.toml",
        change: ("address = {", "adress = {"),
        points_at: "adress = {",
        severity: Error,
        message: "unknown field `adress`, expected one of `name`, `address`, `representative`, \
                  `service`, `country`, `information_manager`, `representatives`, `accredited_body`, `desk`",
        way_out: "see the same file of the reference policy",
    },
    Broken {
        file: "items.toml",
        change: ("[area]\n", "[Area]\n"),
        points_at: "[Area]",
        severity: Error,
        message: "`Area` is not a name: 1 to 64 of a-z, 0-9, `_`",
        way_out: "choose another name",
    },
    Broken {
        file: "items.toml",
        change: ("[area]\n", "[phone]\n"),
        points_at: "[phone]\nlabel = { ja = \"お住まいの地域\"",
        severity: Error,
        message: "duplicate key",
        way_out: "see the same file of the reference policy",
    },
    Broken {
        file: "items.toml",
        change: ("en = \"Favourite food\"", "en = \"\""),
        points_at: "ja = \"好きな食べもの\"",
        severity: Error,
        message: "the text has no words in `en`",
        way_out: "people read every language of the policy; write it",
    },
    Broken {
        file: "items.toml",
        change: ("ja = \"少なめ\"", "ja = \"\""),
        points_at: "small = {",
        severity: Error,
        message: "the text has no words in `ja`",
        way_out: "people read every language of the policy; write it",
    },
    Broken {
        file: "items.toml",
        change: ("consent = \"dietary_care\"\n", ""),
        points_at: "[allergy]",
        severity: Error,
        message: "`allergy` needs special care and names no explicit consent",
        way_out: "add `consent = \"…\"` (Act 20(2), R9.2)",
    },
    Broken {
        file: "items.toml",
        change: ("consent = \"dietary_care\"\n", "consent = \"dietary_car\"\n"),
        points_at: "consent = \"dietary_car\"",
        severity: Error,
        message: "there is no consent `dietary_car` in this policy",
        way_out: "declare it, or take it out here",
    },
    Broken {
        file: "items.toml",
        change: ("consent = \"dietary_care\"\n", "consent = \"dietary_care\"\nrequired = true\n"),
        points_at: "[allergy]",
        severity: Error,
        message: "`allergy` is required, but `dietary_care`, which it needs, may be refused",
        way_out: "take `required` out, or make the consent a condition of service",
    },
    Broken {
        file: "items.toml",
        change: ("lookup = true\nunique = true", "unique = true"),
        points_at: "[email]",
        severity: Error,
        message: "`email` is unique but not looked up",
        way_out: "add `lookup = true`: only what can be looked up can be unique",
    },
    Broken {
        file: "items.toml",
        change: ("purposes = [\"service\", \"enforcement\", \"marketing\"]", "purposes = []"),
        points_at: "[birth_date]",
        severity: Error,
        message: "`birth_date` is held for no purpose",
        way_out: "name at least one purpose, or do not hold it",
    },
    Broken {
        file: "items.toml",
        change: ("\"enforcement\", \"marketing\"]", "\"enforcement\", \"profiling\"]"),
        points_at: "\"profiling\"",
        severity: Error,
        message: "there is no purpose `profiling` in this policy",
        way_out: "declare it, or take it out here",
    },
    Broken {
        file: "items.toml",
        change: (
            "fides = \"user.workplace\" }\nkind = \"text\"\nmax_chars = 100",
            "fides = \"user.workplace\" }\nkind = \"birth_date\"",
        ),
        points_at: "[company]",
        severity: Error,
        message: "`company` is a second date of birth",
        way_out: "declare one item of kind birth_date; write other days as text",
    },
    Broken {
        file: "items.toml",
        change: ("kind = \"birth_date\"", "kind = \"date\""),
        points_at: "kind = \"date\"",
        severity: Error,
        message: "`date` is not a kind of value",
        way_out: "write text, email, phone, birth_date, choice or language",
    },
    Broken {
        file: "items.toml",
        change: ("kind = \"birth_date\"", "kind = \"birth_date\"\nmax_chars = 10"),
        points_at: "kind = \"birth_date\"",
        severity: Error,
        message: "`birth_date` does not take `max_chars` or `choices` this way",
        way_out: "`max_chars` goes with text, `choices` with choice",
    },
    Broken {
        file: "items.toml",
        change: (
            "max_chars = 2000\nmultiline = true\nsensitivity = \"ordinary\"\npurposes = [\"service\"]",
            "max_chars = 0\nsensitivity = \"ordinary\"\npurposes = [\"service\"]",
        ),
        points_at: "kind = \"text\"\nmax_chars = 0",
        severity: Error,
        message: "text of no length at all",
        way_out: "let `max_chars` be at least 1",
    },
    Broken {
        file: "items.toml",
        change: ("[area]\n", "[login_password]\n"),
        points_at: "[login_password]",
        severity: Error,
        message: "`login_password` sounds like a password or a card",
        way_out: "declare it in secrets.toml: items can be asked for (I2)",
    },
    Broken {
        file: "secrets.toml",
        change: ("[credit_card]", "[phone]"),
        points_at: "[phone]",
        severity: Error,
        message: "`phone` is an item as well as a secret",
        way_out: "keep it here and take it out of items.toml: items can be asked for",
    },
    Broken {
        file: "secrets.toml",
        change: ("purposes = [\"billing\"]", "purposes = []"),
        points_at: "[credit_card]",
        severity: Error,
        message: "`credit_card` is held for no purpose",
        way_out: "name at least one purpose, or do not hold it",
    },
    Broken {
        file: "purposes.toml",
        change: (
            "[marketing]\nlabel = { ja = \"お得な情報",
            "[marketing]\nafter_end_hours = 1\nlabel = { ja = \"お得な情報",
        ),
        points_at: "[marketing]",
        severity: Error,
        message: "`marketing` outlasts an engagement it does not need",
        way_out: "add `needs_engagement = true`, or take `after_end_hours` out",
    },
    Broken {
        file: "purposes.toml",
        change: ("after_end_hours = 2", "own_use = true"),
        points_at: "[meal]",
        severity: Error,
        message: "`meal` is an own use and needs an engagement",
        way_out: "declare two purposes: only a recipient can have an engagement",
    },
    Broken {
        file: "purposes.toml",
        change: ("after_end_hours = 3", "after_end_hours = 240"),
        points_at: "[reservation]",
        severity: Warning,
        message: "`reservation` lasts 240 hours after the engagement",
        way_out: "access ends with the purpose (S10); take a day at most",
    },
    Broken {
        file: "purposes.toml",
        change: (
            "after_end_hours = 2\nbasis = { jp = \"consent:store_disclosure\"",
            "after_end_hours = 2\nbasis = { jp = \"consent:store\"",
        ),
        points_at: "basis = { jp = \"consent:store\"",
        severity: Error,
        message: "there is no consent `store` in this policy",
        way_out: "declare it in consents.toml, or name another basis",
    },
    Broken {
        file: "purposes.toml",
        change: (
            "after_end_hours = 2\nbasis = { jp = \"consent:store_disclosure\"",
            "after_end_hours = 2\nbasis = { jp = \"because\"",
        ),
        points_at: "basis = { jp = \"because\"",
        severity: Error,
        message: "`because` is not a basis",
        way_out: "write notice, contract, legitimate_interest, legal_obligation or consent:NAME",
    },
    Broken {
        file: "purposes.toml",
        change: (
            "after_end_hours = 2\nbasis = { jp = \"consent:store_disclosure\"",
            "after_end_hours = 2\nbasis = { jp = \"notice\"",
        ),
        points_at: "", // the store's line, in recipients.toml: see below
        severity: Error,
        message: "`store` may be asked for `meal`, which rests on notice in `jp`; its role needs \
                  more",
        way_out: "rest the purpose on a consent there, or take it from the recipient",
    },
    Broken {
        file: "purposes.toml",
        change: (
            "after_end_hours = 2\nbasis = { jp = \"consent:store_disclosure\", eu = \"contract\",",
            "after_end_hours = 2\nbasis = { jp = \"consent:store_disclosure\",",
        ),
        points_at: "[meal]",
        severity: Warning,
        message: "`meal` has no basis in `eu`",
        way_out: "everything asked for it there will be refused; state a basis if that is not \
                  meant",
    },
    Broken {
        file: "recipients.toml",
        change: ("purposes = [\"reservation\", \"meal\"]", "purposes = [\"meal\"]"),
        points_at: "", // the purpose's line, in purposes.toml: see below
        severity: Warning,
        message: "`reservation` is used by nobody",
        way_out: "set `own_use = true`, name it at a recipient, or take it out",
    },
    Broken {
        file: "recipients.toml",
        change: ("role = \"store\"", "role = \"shop\""),
        points_at: "role = \"shop\"",
        severity: Error,
        message: "unknown variant `shop`, expected one of `processor`, `joint_user`, \
                  `third_party`, `group_parent`, `store`, `authority`",
        way_out: "see the same file of the reference policy",
    },
    Broken {
        file: "recipients.toml",
        change: (
            "role = \"store\"\nmany = true\ncountry = \"JP\"",
            "role = \"store\"\nmany = true",
        ),
        points_at: "[store]",
        severity: Warning,
        message: "the country of `store` is not confirmed",
        way_out: "nothing goes there until `country` is set (R2.1)",
    },
    Broken {
        file: "recipients.toml",
        change: (
            "legal = { name = \"【見本】決済見本株式会社\", address = \"【見本】東京都見本区見本町3-3-3\", representative = \"【見本】代表取締役 見本三郎\" }",
            "",
        ),
        points_at: "[payment_platform]",
        severity: Error,
        message: "it is not said who `payment_platform` is in law",
        way_out: "add `legal = { name, address, representative }`: a provision record says it (R1.5)",
    },
    Broken {
        file: "recipients.toml",
        change: (
            "legal = { name = \"【見本】決済見本株式会社\", address = \"【見本】東京都見本区見本町3-3-3\", representative = \"【見本】代表取締役 見本三郎\" }",
            "legal = { name = \"P\", address = \" \", representative = \"T\" }",
        ),
        points_at: "legal = { name = \"P\"",
        severity: Error,
        message: "legal details with an empty name, address or representative",
        way_out: "fill them in as the company's register has them (R1.5)",
    },
    Broken {
        file: "recipients.toml",
        change: ("items = [\"name\", \"email\", \"phone\", \"language\"]", "items = [\"gender\"]"),
        points_at: "items = [\"gender\"]",
        severity: Error,
        message: "`gender` serves none of the purposes of `customer_support`",
        way_out: "name such a purpose at the item, or take the item out here",
    },
    Broken {
        file: "recipients.toml",
        change: (
            "items = [\"name\", \"email\"]\n[gmo_group.joint_use.scope]",
            "[gmo_group.joint_use.scope]",
        ),
        points_at: "[gmo_group]",
        severity: Error,
        message: "joint use with `gmo_group` does not say what or who answers",
        way_out: "add `items`, and `joint_use` with its scope and who is responsible: name, \
                  address, representative (Act 27(5)(iii), R4.1)",
    },
    Broken {
        file: "recipients.toml",
        change: (
            "purposes = [\"billing\"]",
            "purposes = [\"billing\"]\nequivalent_measures = { checked_on = \"2027-01-01\", \
             evidence = \"contract\" }",
        ),
        points_at: "equivalent_measures = {",
        severity: Error,
        message: "`2027-01-01` is later than this version, `2026-10-01`",
        way_out: "name the day of the last check that was made",
    },
    Broken {
        file: "recipients.toml",
        change: (
            "purposes = [\"billing\"]",
            "purposes = [\"billing\"]\nequivalent_measures = { checked_on = \"2026-01-01\", \
             evidence = \"\" }",
        ),
        points_at: "equivalent_measures = {",
        severity: Error,
        message: "equivalent measures without evidence",
        way_out: "name the contract, rules or recognition (Rules 16)",
    },
    Broken {
        file: "items.toml",
        change: (
            "linked = \"nobody\"\nkind = \"text\"\nmax_chars = 2000\nsensitivity = \"ordinary\"\npurposes = [\"statistics\", \"advertising\"]\nretention = { from = \"last_put\", days = 180 }",
            "linked = \"nobody\"\nkind = \"text\"\nmax_chars = 200\nsensitivity = \"ordinary\"\npurposes = [\"statistics\"]\nretention = { from = \"last_put\", days = 180 }\nlookup = true",
        ),
        points_at: "[access_log]",
        severity: Error,
        message: "`access_log` is linked with nobody and kept with a person",
        way_out: "take `lookup`, `required` and `consent` out, or `linked` (G8)",
    },
    Broken {
        file: "controller.toml",
        change: ("uk = { ja = \"【見本】英国", "us = { ja = \"【見本】英国"),
        points_at: "[controller]",
        severity: Error,
        message: "a representative for `us`, which is not served",
        way_out: "list the regime under `regimes`, or take the representative out",
    },
    Broken {
        file: "controller.toml",
        change: ("\"academic\", \"entrustment\"", "\"academic\", \"law\", \"entrustment\""),
        points_at: "\"law\", \"entrustment\"",
        severity: Error,
        message: "an exception is listed twice",
        way_out: "list it once",
    },
    Broken {
        file: "recipients.toml",
        change: ("taken_on = \"2026-09-01\"", "taken_on = \"2026-11-01\""),
        points_at: "[gmo_group.joint_use.scope]",
        severity: Error,
        message: "`2026-11-01` is later than this version, `2026-10-01`",
        way_out: "name the day the list was looked at",
    },
    Broken {
        file: "recipients.toml",
        change: ("evidence = \"【見本】委託契約書 第5号\"", "evidence = \" \""),
        points_at: "evidence = \" \"",
        severity: Error,
        message: "a contract that nobody could find",
        way_out: "name its file or number under `evidence`",
    },
    Broken {
        file: "countries.toml",
        change: ("[US]", "[usa]"),
        points_at: "[usa]",
        severity: Error,
        message: "`usa` is not a country code",
        way_out: "use two capital letters of ISO 3166-1, such as JP",
    },
    Broken {
        file: "countries.toml",
        change: ("source = \"https://", "source = \""),
        points_at: "source = ",
        severity: Error,
        message: "`www.ppc.go.jp/personalinfo/legal/kaiseihogohou/` is not an address on the web",
        way_out: "write it in full, from https:// on",
    },
    Broken {
        file: "tools.toml",
        change: ("opt_out = ", "hosts = [\"https://stats.example.com\"]\nopt_out = "),
        points_at: "hosts = ",
        severity: Error,
        message: "`https://stats.example.com` is not a host name",
        way_out: "write the name alone, such as stats.example.com",
    },
    Broken {
        file: "tools.toml",
        change: ("provider = { ja = \"ThemeWagon, Inc\"", "provider = { ja = \" \""),
        points_at: "provider = { ja = \" \"",
        severity: Error,
        message: "the text has no words in `ja`",
        way_out: "people read every language of the policy; write it",
    },
    Broken {
        file: "cookies.toml",
        change: ("hours = 168\n", "hours = 0\n"),
        points_at: "hours = 0",
        severity: Error,
        message: "a cookie of no hours",
        way_out: "leave `hours` out for a cookie that ends with the browser",
    },
    Broken {
        file: "requests.toml",
        change: ("\"provision_records\"]", "\"correction\"]"),
        points_at: "[fee]",
        severity: Error,
        message: "`correction` is free of charge",
        way_out: "a fee is for notification and disclosure only (Act 38, R8.4)",
    },
    Broken {
        file: "requests.toml",
        change: ("currency = \"JPY\"", "currency = \"yen\""),
        points_at: "[fee]",
        severity: Error,
        message: "`yen` is not a currency",
        way_out: "use three capital letters of ISO 4217, such as JPY",
    },
    Broken {
        file: "safety.toml",
        change: (
            "en = \"This policy is our basic policy on handling your information.\"",
            "en = \"\"",
        ),
        points_at: "[[measure]]",
        severity: Error,
        message: "the text has no words in `en`",
        way_out: "people read every language of the policy; write it",
    },
    Broken {
        file: "consents.toml",
        change: (
            "since = \"2026-10-01\"\narticle = \"7\"",
            "since = \"2027-10-01\"\narticle = \"7\"",
        ),
        points_at: "since = \"2027-10-01\"",
        severity: Error,
        message: "`2027-10-01` is later than this version of the policy, `2026-10-01`",
        way_out: "name the version in which this wording first stood",
    },
    Broken {
        file: "consents.toml",
        change: ("article = \"7\"", "article = \"\""),
        points_at: "article = \"\"",
        severity: Error,
        message: "names no article",
        way_out: "name the article of the policy it stands in, such as 1(1)",
    },
    Broken {
        file: "items.toml",
        change: (
            "days = 365, ends_with_account = true }\nconfirm_after_days = 180",
            "days = 40000, ends_with_account = true }\nconfirm_after_days = 180",
        ),
        points_at: "[allergy]",
        severity: Error,
        message: "`allergy` is kept for 40000 days",
        way_out: "take 36525 days at most",
    },
    Broken {
        file: "items.toml",
        change: ("confirm_after_days = 180", "confirm_after_days = 0"),
        points_at: "[allergy]",
        severity: Error,
        message: "`allergy` would be asked about without end",
        way_out: "let `confirm_after_days` be at least 1, or take it out",
    },
    Broken {
        file: "items.toml",
        change: (
            "[favourite_food]",
            "[snack]\nlabel = { ja = \"甘味\", en = \"Snack\" }\narticle = \"1(1)\"\n\
             kind = \"email\"\nsensitivity = \"ordinary\"\npurposes = [\"service\"]\n\
             retention.from = \"account_end\"\nretention.days = 0\n\
             retention.for.support = { from = \"account_end\", days = 30 }\n\n[favourite_food]",
        ),
        points_at: "retention.for.support",
        severity: Error,
        message: "`snack` is not held for `support`",
        way_out: "name the purpose under `purposes`, or take its period out",
    },
    Broken {
        file: "secrets.toml",
        change: ("days = 30 }", "days = 30, ends_with_account = true }"),
        points_at: "[credit_card]",
        severity: Error,
        message: "`credit_card` ends with the account that its period begins with",
        way_out: "take `ends_with_account` out, or let the period begin elsewhere",
    },
    Broken {
        file: "holds.toml",
        change: ("items = [\"receipt_name\"]\npurposes = [\"billing\"]\n", ""),
        points_at: "[books_and_receipts]",
        severity: Error,
        message: "`books_and_receipts` covers nothing",
        way_out: "name `items`, `purposes`, or both",
    },
    Broken {
        file: "holds.toml",
        change: ("items = [\"receipt_name\"]", "items = [\"receipt\"]"),
        points_at: "items = [\"receipt\"]",
        severity: Error,
        message: "there is no item `receipt` in this policy",
        way_out: "declare it, or take it out here",
    },
    Broken {
        file: "holds.toml",
        change: ("items = [\"receipt_name\"]", "items = [\"credit_card\"]"),
        points_at: "items = [\"credit_card\"]",
        severity: Error,
        message: "`credit_card` is a secret",
        way_out: "no book or proof needs one: name items only",
    },
    Broken {
        file: "services.toml",
        change: ("subject_item = \"external_user_id\"", "subject_item = \"user_id\""),
        points_at: "subject_item = \"user_id\"",
        severity: Error,
        message: "there is no item `user_id` in this policy",
        way_out: "declare it, or take it out here",
    },
    Broken {
        file: "services.toml",
        change: ("nickname = \"external_profile\"", "nickname = \"name\""),
        points_at: "claims = { nickname = \"name\"",
        severity: Error,
        message: "`name` does not come from a linked service",
        way_out: "set `source = \"linked_service\"` there",
    },
    Broken {
        file: "services.toml",
        change: ("nickname = \"external_profile\"", "nickname = \"external_user_id\""),
        points_at: "claims = { nickname",
        severity: Error,
        message: "`external_user_id` is fed twice",
        way_out: "give each claim an item of its own",
    },
    Broken {
        file: "services.toml",
        change: ("claims = { nickname = \"external_profile\" }", "claims = {}"),
        points_at: "[sample_id.scopes.profile]",
        severity: Error,
        message: "the scope `profile` feeds no item",
        way_out: "take it out: nobody is asked for what is not used",
    },
    Broken {
        file: "services.toml",
        change: ("issuer = \"https://id.mihon.example\"", "issuer = \"id.mihon.example\""),
        points_at: "issuer = \"id.",
        severity: Error,
        message: "`id.mihon.example` is not an address on the web",
        way_out: "write it in full, from https:// on",
    },
    Broken {
        file: "items.toml",
        change: (
            "fides = \"user.workplace\" }",
            "fides = \"user.workplace\" }\nsource = \"linked_service\"",
        ),
        points_at: "[company]",
        severity: Warning,
        message: "no linked service feeds `company`",
        way_out: "name it in services.toml, or take it out",
    },
    Broken {
        file: "services.toml",
        change: (
            "[sample_id]",
            "[zebra_id]\nlabel = { ja = \"別のID\", en = \"Another ID\" }\narticle = \"1(2)\"\nissuer = \"https://id.mihon.example\"\nsubject_item = \"external_user_id\"\n\n[sample_id]",
        ),
        points_at: "issuer = ",
        severity: Error,
        message: "`https://id.mihon.example` is the issuer of two services",
        way_out: "an id there must lead to one of them: write them as one",
    },
    Broken {
        file: "holds.toml",
        change: ("days = 2984", "days = 0"),
        points_at: "[books_and_receipts]",
        severity: Error,
        message: "`books_and_receipts` lasts 0 days",
        way_out: "let it last 1 to 36525 days",
    },
    Broken {
        file: "consents.toml",
        change: (
            "condition_of_service = [\"jp\"]\nsince = \"2026-10-01\"\narticle = \"7\"",
            "since = \"2026-10-01\"\narticle = \"7\"",
        ),
        points_at: "[related_information]",
        severity: Warning,
        message: "nothing rests on `related_information`",
        way_out: "nobody will be asked for it; name it at a purpose, an item or a recipient",
    },
];

fn line_of(text: &str, part: &str) -> usize {
    text[..text.find(part).unwrap_or_else(|| panic!("`{part}`"))].matches('\n').count() + 1
}

#[test]
fn each_incoherence_is_found_where_it_stands_with_a_way_out() {
    let mut wrong = Vec::new();
    for Broken { file, change: (from, to), points_at, severity, message, way_out } in TABLE {
        let mut files = common::files();
        let text = files.get_mut(*file).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{file}: `{from}` stands there once");
        *text = text.replacen(from, to, 1);
        let (file, line) = match (*points_at, *message) {
            ("", m) if m.starts_with("`store`") => {
                ("recipients.toml", line_of(&files["recipients.toml"], "[store]"))
            }
            ("", _) => ("purposes.toml", line_of(&files["purposes.toml"], "[reservation]")),
            (part, _) => (*file, line_of(&files[*file], part)),
        };
        let read = read_files(&files);
        let findings = match (&read, severity) {
            (Ok(read), Warning) => &read.warnings,
            (Err(findings), Error) => findings,
            (Ok(_), Error) => {
                wrong.push(format!("reads all the same: {message}"));
                continue;
            }
            (Err(findings), Warning) => {
                wrong.push(format!("does not read: {message}\n{}", common::lines(findings)));
                continue;
            }
        };
        let found = findings.iter().any(|f| {
            let place = f.file == file && f.line == line && f.severity == *severity;
            place && f.message == *message && f.way_out == *way_out
        });
        if !found {
            wrong.push(format!(
                "expected {file}:{line}: {message}\n    {way_out}\nfound\n{}",
                common::lines(findings)
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), TABLE.len(), wrong.join("\n\n"));
}

#[test]
fn a_password_needs_one_address_to_sign_in_by() {
    let mut files = common::files();
    let items = files.get_mut("items.toml").unwrap();
    assert!(items.contains("unique = true\n"));
    *items = items.replace("unique = true\n", "");
    let found = common::lines(&read_files(&files).unwrap_err());
    let told = "error: `password` is a password, and 0 items can be signed in by";
    assert!(found.contains("secrets.toml:") && found.contains(told), "{found}");
}

#[test]
fn a_file_too_few_or_too_many_is_told() {
    let mut files = common::files();
    files.remove("secrets.toml");
    files.insert("tool.toml".into(), String::new());
    let found = common::lines(&read_files(&files).unwrap_err());
    assert!(found.contains("secrets.toml:1: error: is missing"), "{found}");
    assert!(found.contains("tool.toml:1: error: is not a file of a policy"), "{found}");
}

#[test]
fn a_policy_without_holds_reads_as_well() {
    let mut files = common::files();
    files.remove("holds.toml");
    assert!(read_files(&files).unwrap().document.holds.is_empty());
}

#[test]
fn several_errors_are_told_together_in_the_order_of_the_files() {
    let mut files = common::files();
    for (file, from, to) in [
        ("consents.toml", "article = \"7\"", "article = \"\""),
        ("items.toml", "kind = \"email\"", "kind = \"mail\""),
        ("items.toml", "kind = \"birth_date\"", "kind = \"date\""),
    ] {
        let text = files.get_mut(file).unwrap();
        *text = text.replacen(from, to, 1);
    }
    let findings = read_files(&files).unwrap_err();
    let errors: Vec<_> = findings
        .iter()
        .filter(|f| f.severity == Error)
        .map(|f| (f.file.as_str(), f.message.as_str()))
        .collect();
    assert_eq!(
        errors,
        [
            ("items.toml", "`mail` is not a kind of value"),
            ("items.toml", "`date` is not a kind of value"),
            ("consents.toml", "names no article"),
        ]
    );
}

#[test]
fn another_word_is_another_hash() {
    let mut files = common::files();
    let before = read_files(&files).unwrap().document.hash;
    assert_eq!(before, read_files(&common::files()).unwrap().document.hash);
    let text = files.get_mut("consents.toml").unwrap();
    *text = text.replacen("いつでも止められます", "いつでもやめられます", 1);
    assert_ne!(before, read_files(&files).unwrap().document.hash);
}
