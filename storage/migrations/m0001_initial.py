"""Migration 1: the first schema. Never edited once released; a later schema is a later migration."""

from __future__ import annotations

STATEMENTS = """
CREATE TABLE feeds (
  feed VARCHAR NOT NULL,
  next_at INTEGER,
  checked_at INTEGER,
  outcome VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  PRIMARY KEY (feed)
);
CREATE TABLE feed_items (
  feed VARCHAR NOT NULL,
  items VARCHAR NOT NULL,
  PRIMARY KEY (feed)
);
CREATE TABLE articles (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  feed VARCHAR NOT NULL,
  guid VARCHAR NOT NULL,
  link VARCHAR NOT NULL,
  url VARCHAR NOT NULL,
  author VARCHAR NOT NULL,
  publisher VARCHAR NOT NULL,
  language VARCHAR NOT NULL,
  dated VARCHAR NOT NULL,
  first_seen_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  text_id INTEGER NOT NULL
);
CREATE INDEX articles_feed ON articles (feed, first_seen_at);
CREATE INDEX articles_link ON articles (link);
CREATE INDEX articles_seen ON articles (first_seen_at);
CREATE INDEX articles_url ON articles (url);
CREATE TABLE texts (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  article_id INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  title VARCHAR NOT NULL,
  summary VARCHAR NOT NULL,
  body VARCHAR NOT NULL,
  digest VARCHAR NOT NULL,
  published_at INTEGER,
  updated_at INTEGER,
  seen_at INTEGER NOT NULL,
  pruned INTEGER NOT NULL,
  CONSTRAINT texts_revision UNIQUE (article_id, revision),
  FOREIGN KEY(article_id) REFERENCES articles (id)
);
CREATE TABLE article_keys (
  feed VARCHAR NOT NULL,
  "key" VARCHAR NOT NULL,
  article_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (feed, "key", article_id),
  FOREIGN KEY(article_id) REFERENCES articles (id)
) WITHOUT ROWID;
CREATE INDEX article_keys_article ON article_keys (article_id);
CREATE TABLE hits (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  article_id INTEGER NOT NULL,
  text_id INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  feed VARCHAR NOT NULL,
  rule VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  level VARCHAR NOT NULL,
  stage VARCHAR,
  status VARCHAR NOT NULL,
  verdict VARCHAR NOT NULL,
  matter VARCHAR,
  language VARCHAR NOT NULL,
  money INTEGER,
  published_at INTEGER,
  first_seen_at INTEGER NOT NULL,
  matched_at INTEGER NOT NULL,
  CONSTRAINT hits_once UNIQUE (rule, article_id, revision),
  FOREIGN KEY(article_id) REFERENCES articles (id),
  FOREIGN KEY(text_id) REFERENCES texts (id)
);
CREATE INDEX hits_article ON hits (article_id);
CREATE INDEX hits_feed ON hits (feed, matched_at);
CREATE INDEX hits_matched ON hits (matched_at, id);
CREATE INDEX hits_matter ON hits (matter, matched_at);
CREATE INDEX hits_rule ON hits (rule, matched_at);
CREATE INDEX hits_text ON hits (text_id);
CREATE TABLE hit_proofs (
  hit_id INTEGER NOT NULL,
  rule_digest VARCHAR NOT NULL,
  rule_title VARCHAR NOT NULL,
  sentence VARCHAR NOT NULL,
  why VARCHAR NOT NULL,
  facts VARCHAR NOT NULL,
  spans VARCHAR NOT NULL,
  text_sha256 VARCHAR NOT NULL,
  chain VARCHAR NOT NULL,
  PRIMARY KEY (hit_id),
  FOREIGN KEY(hit_id) REFERENCES hits (id)
);
CREATE TABLE hit_names (
  kind VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  hit_id INTEGER NOT NULL,
  PRIMARY KEY (kind, name, hit_id),
  FOREIGN KEY(hit_id) REFERENCES hits (id)
) WITHOUT ROWID;
CREATE TABLE matters (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "key" VARCHAR NOT NULL,
  authority VARCHAR,
  stage VARCHAR,
  level VARCHAR NOT NULL,
  moved_at INTEGER NOT NULL,
  merged_into VARCHAR,
  record VARCHAR NOT NULL,
  CONSTRAINT matters_key UNIQUE ("key")
);
CREATE TABLE steps (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  matter VARCHAR NOT NULL,
  stage VARCHAR,
  reason VARCHAR NOT NULL,
  at INTEGER NOT NULL,
  happened_at INTEGER,
  confirmed INTEGER NOT NULL,
  note VARCHAR NOT NULL,
  article_id INTEGER,
  FOREIGN KEY(article_id) REFERENCES articles (id)
);
CREATE INDEX steps_matter ON steps (matter, at);
CREATE TABLE sources (
  matter VARCHAR NOT NULL,
  stage VARCHAR NOT NULL,
  publisher VARCHAR NOT NULL,
  official INTEGER NOT NULL,
  first_seen_at INTEGER NOT NULL,
  link VARCHAR NOT NULL,
  PRIMARY KEY (matter, stage, publisher)
) WITHOUT ROWID;
CREATE TABLE deliveries (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "key" VARCHAR NOT NULL,
  destination VARCHAR NOT NULL,
  action VARCHAR NOT NULL,
  message VARCHAR NOT NULL,
  reason VARCHAR NOT NULL,
  level VARCHAR NOT NULL,
  matter VARCHAR,
  feed VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  attempts INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  not_before INTEGER,
  attempted_at INTEGER,
  sent_at INTEGER,
  channel_id VARCHAR,
  ts VARCHAR,
  permalink VARCHAR,
  error VARCHAR NOT NULL,
  CONSTRAINT deliveries_key UNIQUE ("key")
);
CREATE INDEX deliveries_active ON deliveries (destination, id) WHERE state IN ('pending','sending','failed','unknown');
CREATE INDEX deliveries_created ON deliveries (destination, created_at);
CREATE INDEX deliveries_matter ON deliveries (matter, destination);
CREATE TABLE delivery_articles (
  article_id INTEGER NOT NULL,
  delivery_id INTEGER NOT NULL,
  PRIMARY KEY (article_id, delivery_id),
  FOREIGN KEY(article_id) REFERENCES articles (id),
  FOREIGN KEY(delivery_id) REFERENCES deliveries (id)
) WITHOUT ROWID;
CREATE TABLE silences (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  author VARCHAR NOT NULL,
  reason VARCHAR NOT NULL,
  created_at INTEGER NOT NULL,
  until INTEGER NOT NULL,
  matter VARCHAR,
  rule VARCHAR,
  company VARCHAR,
  regulator VARCHAR,
  feed VARCHAR,
  everything INTEGER NOT NULL,
  hidden INTEGER NOT NULL,
  told_end INTEGER NOT NULL
);
CREATE TABLE feedback (
  hit_id INTEGER NOT NULL,
  mark VARCHAR NOT NULL,
  author VARCHAR NOT NULL,
  at INTEGER NOT NULL,
  note VARCHAR NOT NULL,
  PRIMARY KEY (hit_id, mark, author),
  FOREIGN KEY(hit_id) REFERENCES hits (id)
) WITHOUT ROWID;
CREATE TABLE coverage (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  feed VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  reason VARCHAR NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL
);
CREATE INDEX coverage_feed ON coverage (feed, until);
CREATE TABLE blobs (
  sha256 VARCHAR NOT NULL,
  size INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (sha256)
);
CREATE TABLE evidence (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  sha256 VARCHAR NOT NULL,
  feed VARCHAR NOT NULL,
  url VARCHAR NOT NULL,
  fetched_at INTEGER NOT NULL,
  headers VARCHAR NOT NULL,
  FOREIGN KEY(sha256) REFERENCES blobs (sha256)
);
CREATE INDEX evidence_blob ON evidence (sha256);
CREATE INDEX evidence_fetched ON evidence (fetched_at);
CREATE TABLE hit_evidence (
  hit_id INTEGER NOT NULL,
  evidence_id INTEGER NOT NULL,
  PRIMARY KEY (hit_id, evidence_id),
  FOREIGN KEY(hit_id) REFERENCES hits (id),
  FOREIGN KEY(evidence_id) REFERENCES evidence (id)
) WITHOUT ROWID;
CREATE INDEX hit_evidence_fetch ON hit_evidence (evidence_id);
CREATE TABLE meta (
  "key" VARCHAR NOT NULL,
  value VARCHAR NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY ("key")
);
CREATE VIRTUAL TABLE search_hits USING fts5(title, summary, body, content='', tokenize='ascii');
CREATE VIRTUAL TABLE search_all USING fts5(title, summary, body, content='', columnsize=0, tokenize='ascii');
"""
