"""Lets programs that others wrote read our exports: PyLD and rdflib for JSON-LD, pySHACL for the
shapes of consent records, fideslang for manifests, jpholiday and holidays for the calendar, standardwebhooks for webhooks,
PyNaCl for what agents sign. Says what it found of each file; exit code 2
when something is wrong with one. Nothing is fetched: a document that asks for another one is wrong.

    check.py jsonld FILE...         expands, and every word must be an address
    check.py shacl SHAPES FILE...   conforms to the shapes
    check.py fides FILE...          parses into fideslang's own models, and keeps its own rules
    check.py holidays FILE...       the same days under the same names
    check.py webhook FILE...        signed by its secret, just now
    check.py drp FILE...            each body is what PyNaCl makes of its message, and of what was done to it
"""

import json
import sys


class Wrong(Exception):
    """What an export says that its reader does not take."""


def jsonld(path):
    from pyld import jsonld as ld
    from rdflib import Graph

    asked = []

    def never(url, options):
        asked.append(url)
        raise Wrong("nothing is fetched here")

    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    try:
        expanded = ld.expand(document, {"documentLoader": never})
    except Exception as error:
        raise Wrong(f"asks for {asked[0]}" if asked else str(error)) from error
    words = set()

    def walk(value):
        if isinstance(value, list):
            for one in value:
                walk(one)
        elif isinstance(value, dict):
            for key, inner in value.items():
                if not key.startswith("@"):
                    words.add(key)
                if key in ("@id", "@type"):
                    for one in inner if isinstance(inner, list) else [inner]:
                        if not one.startswith(("http://", "https://", "urn:uuid:", "mailto:", "_:")):
                            raise Wrong(f"{one} is not an address")
                walk(inner)

    walk(expanded)
    # What a reader does not know is dropped when expanding; nothing of ours may be.
    kept = {word.rsplit("#", 1)[-1].rsplit("/", 1)[-1] for word in words}

    def said(value):
        if isinstance(value, list):
            return set().union(*map(said, value)) if value else set()
        if isinstance(value, dict):
            found = {key for key in value if not key.startswith("@")}
            return found.union(*(said(inner) for key, inner in value.items() if key != "@context"))
        return set()

    dropped = {key for key in said(document) if key.split(":")[-1] not in kept}
    if dropped:
        raise Wrong(f"not understood: {sorted(dropped)}")
    graph = Graph().parse(data=json.dumps(document), format="json-ld")
    if len(graph) < 50:
        raise Wrong(f"only {len(graph)} statements")
    return f"{len(words)} words, {len(graph)} statements"


def shacl(rules, path):
    from pyshacl import validate
    from rdflib import Graph

    data = Graph().parse(path, format="json-ld")
    conforms, _, text = validate(data, shacl_graph=rules)
    if not conforms:
        raise Wrong(text)
    return f"{len(data)} statements conform"


def fides(path):
    from fideslang.default_taxonomy import DEFAULT_TAXONOMY
    from fideslang.manifests import load_yaml_into_dict
    from fideslang.parse import load_manifests_into_taxonomy

    taxonomy = load_manifests_into_taxonomy(load_yaml_into_dict(path))
    keys = lambda resources: {resource.fides_key for resource in resources}
    categories = keys(DEFAULT_TAXONOMY.data_category)
    uses = keys(DEFAULT_TAXONOMY.data_use)
    subjects = keys(DEFAULT_TAXONOMY.data_subject)

    def known(names, there, what):
        unknown = sorted(set(names) - there)
        if unknown:
            raise Wrong(f"no such {what}: {unknown}")

    for dataset in taxonomy.dataset:
        for collection in dataset.collections:
            for field in collection.fields:
                known(field.data_categories, categories, "category")
    declarations = 0
    for system in taxonomy.system:
        known(system.dataset_references, keys(taxonomy.dataset), "dataset")
        for declaration in system.privacy_declarations:
            declarations += 1
            known(declaration.data_categories, categories, "category")
            known(declaration.shared_categories, categories, "category")
            known([declaration.data_use], uses, "use")
            known(declaration.data_subjects, subjects, "subject")
    # The manifest's own rules, as fideslang means them: what matches a rule breaks it.
    within = lambda key, wide: key == wide or key.startswith(wide + ".")
    for rule in (rule for policy in taxonomy.policy for rule in policy.rules):
        known(rule.data_categories.values, categories, "category")
        known(rule.data_uses.values, uses, "use")
        for system in taxonomy.system:
            for declaration in system.privacy_declarations:
                if any(within(c, w) for c in declaration.data_categories for w in rule.data_categories.values) and any(
                    within(declaration.data_use, w) for w in rule.data_uses.values
                ):
                    raise Wrong(f"{system.fides_key}: {declaration.name!r} breaks {rule.name!r}")
    if not (taxonomy.organization and taxonomy.dataset and declarations):
        raise Wrong("says nothing")
    return f"{len(taxonomy.system)} systems, {declarations} declarations"


def holidays(path):
    import holidays as other
    import jpholiday

    # What these two call otherwise than the Acts do.
    names = {
        "即位礼正殿の儀": "即位礼正殿の儀の行われる日",
        "即位礼正殿の儀が行われる日": "即位礼正殿の儀の行われる日",
    }
    ours = json.load(open(path, encoding="utf-8"))
    years = range(int(min(ours)[:4]), int(max(ours)[:4]) + 1)

    def named(days):
        after = lambda name: "振替休日" if "振替休日" in name else names.get(name, name)
        return {str(day): after(name) for day, name in days}

    one = named(found for year in years for found in jpholiday.year_holidays(year))
    two = named(other.country_holidays("JP", years=years, language="ja").items())
    for name, theirs in (("jpholiday", one), ("holidays", two)):
        unlike = sorted(set(ours.items()) ^ set(theirs.items()))
        if unlike:
            raise Wrong(f"{name} says otherwise: {unlike}")
    return f"{len(ours)} holidays in {len(years)} years"


def webhook(path):
    from base64 import b64decode

    from standardwebhooks.webhooks import Webhook, WebhookVerificationError

    arrived = json.load(open(path, encoding="utf-8"))
    body = b64decode(arrived["body"])
    try:
        event = Webhook(arrived["secret"]).verify(body, arrived["headers"])
    except WebhookVerificationError as error:
        raise Wrong(str(error)) from error
    return f"{event['type']} is as it was sent"


def drp_seed(vectors, who):
    from nacl.signing import SigningKey

    return SigningKey(bytes.fromhex(vectors["seeds"][who]))


def drp_key(vectors):
    from nacl.encoding import Base64Encoder

    return drp_seed(vectors, "agent").verify_key.encode(Base64Encoder).decode()


def drp_body(vectors, vector):
    """A message as an agent sends it, with what was done to it on the way."""
    from base64 import b64encode

    if "raw" in vector:
        return vector["raw"]
    sent = bytearray(drp_seed(vectors, vector["by"]).sign(vector["signed"].encode()))
    if "flip" in vector:
        sent[vector["flip"] // 8] ^= 1 << vector["flip"] % 8
    if "replace" in vector:
        old, new = (text.encode() for text in vector["replace"])
        if old not in sent:
            raise Wrong(f"there is no {old} to replace")
        sent = sent.replace(old, new)
    sent += vector.get("add", "").encode()
    return b64encode(bytes(sent[: vector.get("cut")])).decode()


def drp(path):
    from base64 import b64decode

    from nacl.exceptions import BadSignatureError

    vectors = json.load(open(path, encoding="utf-8"))
    key = drp_seed(vectors, "agent").verify_key
    if vectors["verify_key"] != drp_key(vectors):
        raise Wrong("the verify key is another")
    for vector in vectors["vectors"]:
        says, body = vector["says"], drp_body(vectors, vector)
        if body != vector["body"]:
            raise Wrong(f"{says}: PyNaCl makes another body")
        if vector["answer"] in ("NotBase64", "NoSignature"):
            continue
        try:
            key.verify(b64decode(body))
            holds = True
        except BadSignatureError:
            holds = False
        if holds == (vector["answer"] == "BadSignature"):
            raise Wrong(f"{says}: PyNaCl says otherwise of the signature")
    return f"{len(vectors['vectors'])} messages"


def rules_of(shapes):
    """The shapes, which have to be shapes themselves."""
    from pyshacl import validate
    from rdflib import Graph

    rules = Graph().parse(shapes, format="turtle")
    validate(Graph(), shacl_graph=rules, meta_shacl=True)
    return rules


def main(how, *files):
    if how == "shacl":
        rules = rules_of(files[0])
        files = files[1:]
        check = lambda path: shacl(rules, path)
    else:
        check = {"jsonld": jsonld, "fides": fides, "holidays": holidays, "webhook": webhook, "drp": drp}[how]
    if not files:
        sys.exit(__doc__)
    code = 0
    for path in files:
        try:
            print(f"{path}: {check(path)}")
        except (Exception, SystemExit) as error:
            print(f"{path}: {error}", file=sys.stderr)
            code = 2
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
