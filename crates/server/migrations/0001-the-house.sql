-- One text for both databases: BIGINT, TEXT and BLOB only; BLOB is read as BYTEA and
-- WITHOUT ROWID is dropped on PostgreSQL. docs/DATA.md tells what each table means.

CREATE TABLE meta (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE system_keys (
  name TEXT NOT NULL PRIMARY KEY,
  wrapped BLOB NOT NULL
);

CREATE TABLE policies (
  version TEXT NOT NULL PRIMARY KEY,
  hash TEXT NOT NULL,
  files TEXT NOT NULL,
  proof BLOB NOT NULL,
  published_at BIGINT NOT NULL,
  effective_at BIGINT NOT NULL DEFAULT 0,
  plan TEXT NOT NULL DEFAULT '',
  promises TEXT NOT NULL DEFAULT '',
  recorded BIGINT NOT NULL DEFAULT 1,
  told BIGINT NOT NULL DEFAULT 0,
  told_up_to BLOB
);

CREATE TABLE service_keys (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  hash BLOB NOT NULL,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT
);

CREATE TABLE subjects (
  id BLOB NOT NULL PRIMARY KEY,
  registered_at BIGINT NOT NULL,
  due_at BIGINT,
  held BIGINT NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE INDEX subjects_by_due ON subjects (due_at, id) WHERE due_at IS NOT NULL;

CREATE INDEX subjects_held ON subjects (id) WHERE held = 1;

CREATE TABLE subject_keys (
  subject BLOB NOT NULL PRIMARY KEY,
  regime TEXT NOT NULL,
  wrapped BLOB NOT NULL,
  closed_at BIGINT
) WITHOUT ROWID;

CREATE TABLE items (
  subject BLOB NOT NULL,
  item TEXT NOT NULL,
  version BIGINT NOT NULL,
  sealed BLOB NOT NULL,
  put_at BIGINT NOT NULL,
  confirmed_at BIGINT,
  PRIMARY KEY (subject, item)
) WITHOUT ROWID;

CREATE TABLE lookups (
  item TEXT NOT NULL,
  token BLOB NOT NULL,
  subject BLOB NOT NULL,
  PRIMARY KEY (item, token, subject)
) WITHOUT ROWID;

CREATE INDEX lookups_of_a_subject ON lookups (subject);

CREATE TABLE links (
  subject BLOB NOT NULL,
  service TEXT NOT NULL,
  token BLOB NOT NULL,
  sealed BLOB NOT NULL,
  linked_at BIGINT NOT NULL,
  PRIMARY KEY (subject, service)
) WITHOUT ROWID;

CREATE UNIQUE INDEX links_by_token ON links (token);

CREATE TABLE secrets (
  subject BLOB NOT NULL,
  secret TEXT NOT NULL,
  kept TEXT NOT NULL,
  sealed BLOB,
  put_at BIGINT NOT NULL,
  PRIMARY KEY (subject, secret)
) WITHOUT ROWID;

CREATE TABLE consents (
  subject BLOB NOT NULL,
  consent TEXT NOT NULL,
  state TEXT NOT NULL,
  notice TEXT NOT NULL,
  language TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (subject, consent)
) WITHOUT ROWID;

CREATE TABLE agreements (
  subject BLOB NOT NULL PRIMARY KEY,
  token BLOB NOT NULL UNIQUE,
  ends_at BIGINT NOT NULL,
  sealed BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE restrictions (
  subject BLOB NOT NULL,
  purpose TEXT NOT NULL,
  stopped_at BIGINT NOT NULL,
  PRIMARY KEY (subject, purpose)
) WITHOUT ROWID;

CREATE TABLE holds (
  subject BLOB NOT NULL,
  name TEXT NOT NULL,
  until BIGINT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (subject, name)
) WITHOUT ROWID;

CREATE TABLE recipients (
  name TEXT NOT NULL PRIMARY KEY,
  category TEXT NOT NULL,
  country TEXT,
  suspended BIGINT NOT NULL,
  details BLOB NOT NULL
);

CREATE TABLE engagements (
  subject BLOB NOT NULL,
  recipient TEXT NOT NULL,
  reference TEXT NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  cancelled BIGINT NOT NULL,
  PRIMARY KEY (subject, recipient, reference)
) WITHOUT ROWID;

CREATE TABLE exceptions (
  id BLOB NOT NULL PRIMARY KEY,
  ends_at BIGINT NOT NULL,
  sealed BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE records (
  place BIGINT NOT NULL PRIMARY KEY,
  id BLOB NOT NULL,
  act TEXT NOT NULL,
  subject BLOB,
  at BIGINT NOT NULL,
  keep_until BIGINT,
  sealed BLOB NOT NULL
) WITHOUT ROWID;

-- By the stretch of the ledger first: new rows go to few pages, however many people there are.
CREATE INDEX records_of_a_subject ON records ((place / 65536), subject, place);

-- What is copied to where no backup puts it back.
CREATE INDEX records_of_ends ON records (place) WHERE act IN ('erased', 'account_closed');

-- What the page of data sets is drawn from.
CREATE INDEX records_of_datasets ON records (place)
  WHERE act IN ('dataset_made', 'dataset_approved', 'dataset_provided', 'dataset_ended');

-- What budgets of privacy are read from.
CREATE INDEX records_of_figures ON records (place) WHERE act IN ('budget_set', 'figure_told');

CREATE INDEX records_by_end ON records (keep_until, place) WHERE keep_until IS NOT NULL;

CREATE TABLE requests (
  id BLOB NOT NULL PRIMARY KEY,
  number TEXT NOT NULL,
  subject BLOB,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  warn_at BIGINT NOT NULL,
  awaits_approval BIGINT NOT NULL,
  over_at BIGINT,
  look_at BIGINT,
  wrapped BLOB NOT NULL,
  sealed BLOB NOT NULL,
  revision BIGINT NOT NULL
) WITHOUT ROWID;

CREATE UNIQUE INDEX requests_by_number ON requests (number);

CREATE INDEX requests_open
  ON requests (due_at, id, kind, state, awaits_approval, warn_at, received_at, over_at)
  WHERE over_at IS NULL;

CREATE INDEX requests_to_look_at ON requests (look_at, id) WHERE look_at IS NOT NULL;

CREATE INDEX requests_of_a_subject ON requests (subject, received_at) WHERE subject IS NOT NULL;

CREATE TABLE request_files (
  request BLOB NOT NULL,
  id BLOB NOT NULL,
  put_at BIGINT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (request, id)
) WITHOUT ROWID;

CREATE TABLE request_sessions (
  token BLOB NOT NULL PRIMARY KEY,
  request BLOB NOT NULL,
  verified_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE instructions (
  id BLOB NOT NULL PRIMARY KEY,
  request BLOB,
  recipient TEXT NOT NULL,
  kind TEXT NOT NULL,
  put_at BIGINT NOT NULL,
  told_at BIGINT,
  answered_at BIGINT,
  outcome TEXT,
  sealed BLOB NOT NULL
) WITHOUT ROWID;

CREATE INDEX instructions_open ON instructions (put_at, id) WHERE answered_at IS NULL;

CREATE INDEX instructions_answered ON instructions (answered_at) WHERE answered_at IS NOT NULL;

CREATE INDEX instructions_of_a_request ON instructions (request) WHERE request IS NOT NULL;

CREATE TABLE ledger (
  id BIGINT NOT NULL PRIMARY KEY,
  size BIGINT NOT NULL,
  checkpoint TEXT NOT NULL,
  policy TEXT NOT NULL,
  root TEXT NOT NULL,
  next_at BIGINT
);

INSERT INTO ledger (id, size, checkpoint, policy, root) VALUES (1, 0, '', '', '');

CREATE TABLE entries (
  place BIGINT NOT NULL PRIMARY KEY,
  entry BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE tiles (
  level BIGINT NOT NULL,
  n BIGINT NOT NULL,
  hashes BLOB NOT NULL,
  PRIMARY KEY (level, n)
) WITHOUT ROWID;

CREATE TABLE idempotency (
  id BLOB NOT NULL PRIMARY KEY,
  request BLOB NOT NULL,
  reply TEXT NOT NULL,
  at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE INDEX idempotency_by_age ON idempotency (at);

CREATE TABLE outbox (
  id BLOB NOT NULL PRIMARY KEY,
  topic TEXT NOT NULL,
  sealed BLOB,
  tries BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT,
  outcome TEXT
) WITHOUT ROWID;

CREATE INDEX outbox_by_age ON outbox (ended_at, topic, due_at);

CREATE INDEX outbox_troubled ON outbox (created_at) WHERE sealed IS NOT NULL AND tries > 0;

CREATE TABLE staff (
  id BLOB NOT NULL PRIMARY KEY,
  login BLOB NOT NULL UNIQUE,
  sealed BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT,
  used_step BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE staff_sessions (
  id BLOB NOT NULL PRIMARY KEY,
  staff BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  verified_at BIGINT NOT NULL,
  proof BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE webhooks (
  id BLOB NOT NULL PRIMARY KEY,
  url TEXT NOT NULL,
  events TEXT NOT NULL,
  inside BIGINT NOT NULL,
  sealed BLOB,
  created_at BIGINT NOT NULL,
  ended_at BIGINT
) WITHOUT ROWID;

CREATE TABLE datasets (
  id BLOB NOT NULL PRIMARY KEY,
  made_at BIGINT NOT NULL,
  sealed BLOB NOT NULL,
  method BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE drp_agents (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  sealed BLOB NOT NULL,
  token BLOB UNIQUE,
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);
