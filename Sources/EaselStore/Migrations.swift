import GRDB

/// Marks the file as ours ("Easl").
let applicationID: Int64 = 0x4561_736C

/// Every change of the schema, oldest first, each in one transaction. A migration that was ever
/// released is never edited; a new one goes to the end.
let migrations: DatabaseMigrator = {
  var migrator = DatabaseMigrator()
  migrator.registerMigration("1: pictures, search, events") { db in
    try db.execute(
      sql: """
        -- One row a picture. `recipe` is the JSON that is also inside the PNG; the columns after it
        -- repeat what is searched for. The order on the screen is the order of `id`, never a clock.
        CREATE TABLE image (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
          bytes INTEGER NOT NULL,
          width INTEGER NOT NULL,
          height INTEGER NOT NULL,
          generation TEXT NOT NULL,
          idx INTEGER NOT NULL,
          recipe TEXT NOT NULL,
          prompt TEXT NOT NULL,
          avoid TEXT NOT NULL,
          engine TEXT NOT NULL,
          model TEXT NOT NULL,
          seed INTEGER NOT NULL,
          created_ms INTEGER NOT NULL,
          -- Separated by single blanks, sorted; a tag holds no blank.
          tags TEXT NOT NULL DEFAULT '',
          favourite INTEGER NOT NULL DEFAULT 0 CHECK (favourite IN (0, 1)),
          rating INTEGER NOT NULL DEFAULT 0 CHECK (rating BETWEEN 0 AND 5),
          missing INTEGER NOT NULL DEFAULT 0 CHECK (missing IN (0, 1)),
          -- Null outside the trash.
          trashed_ms INTEGER,
          -- Pictures that went into the trash together come back together.
          trash_batch INTEGER,
          UNIQUE (generation, idx, sha256)
        ) STRICT;
        CREATE INDEX image_sha256 ON image (sha256);
        CREATE INDEX image_seed ON image (seed);
        CREATE INDEX image_favourite ON image (favourite) WHERE favourite = 1;
        CREATE INDEX image_trash ON image (trash_batch) WHERE trashed_ms IS NOT NULL;

        -- Kept in step by `Rows`, not by triggers: with an untrusted schema, SQLite refuses virtual
        -- tables in triggers. Symbols count as letters, so that emoji in prompts can be found.
        CREATE VIRTUAL TABLE image_text USING fts5 (
          prompt, avoid, tags, content = 'image', content_rowid = 'id', prefix = '2 3',
          tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co So'"
        );

        CREATE TABLE image_tag (
          tag TEXT NOT NULL,
          image INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
          PRIMARY KEY (tag, image)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX image_tag_image ON image_tag (image);

        -- Batches that were begun and not finished.
        CREATE TABLE unfinished (
          generation TEXT PRIMARY KEY,
          request TEXT NOT NULL,
          created_ms INTEGER NOT NULL,
          state TEXT NOT NULL CHECK (state IN ('running', 'interrupted'))
        ) STRICT;

        -- What sweeps, repairs and the emptying of the trash did.
        CREATE TABLE event (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          at_ms INTEGER NOT NULL,
          kind TEXT NOT NULL,
          subject TEXT NOT NULL,
          detail TEXT NOT NULL
        ) STRICT;
        CREATE INDEX event_subject ON event (subject, kind);

        CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
        """)
    try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    try db.execute(sql: "PRAGMA user_version = 1")
  }
  migrator.registerMigration("explanations") { db in
    try db.execute(
      sql: """
        -- Why a picture looks as it does, where it was asked for while it was painted: `Explanation` of
        -- EaselKit as bytes.
        CREATE TABLE explanation (
          image INTEGER PRIMARY KEY REFERENCES image (id) ON DELETE CASCADE,
          bytes BLOB NOT NULL
        ) STRICT;
        """)
  }
  migrator.registerMigration("2: what pictures show, as vectors") { db in
    try db.execute(
      sql: """
        -- Image towers; vectors of different ones are never compared.
        CREATE TABLE embedder (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE) STRICT;

        -- `vector` is of length 1 before it is rounded: signed bytes, all by one factor that nobody
        -- needs, because they are brought to length 1 again. `seq` only rises, so that a reader who
        -- knows all up to one asks for those after it.
        CREATE TABLE embedding (
          seq INTEGER PRIMARY KEY AUTOINCREMENT,
          image INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
          embedder INTEGER NOT NULL REFERENCES embedder (id),
          vector BLOB NOT NULL,
          UNIQUE (embedder, image)
        ) STRICT;
        CREATE INDEX embedding_image ON embedding (image);
        """)
  }
  migrator.registerMigration("3: rejected pictures, saved searches, long lists") { db in
    try db.execute(
      sql: """
        ALTER TABLE image ADD COLUMN rejected INTEGER NOT NULL DEFAULT 0 CHECK (rejected IN (0, 1));

        -- For the lists of the gallery, which hold the number of every picture that is found: rows
        -- are some kilobytes, and none of a hundred thousand is touched where an index answers.
        CREATE INDEX image_here ON image
          (id, favourite, rating, rejected, missing, created_ms, engine, model)
          WHERE trashed_ms IS NULL;
        CREATE INDEX image_rating ON image (rating) WHERE rating > 0;
        CREATE INDEX image_prompt ON image (prompt COLLATE NOCASE);
        CREATE INDEX image_avoid ON image (avoid) WHERE avoid <> '';

        -- Filters that people keep; `text` is as it was typed.
        CREATE TABLE saved_search (
          name TEXT PRIMARY KEY,
          text TEXT NOT NULL,
          sort TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """)
  }
  migrator.registerMigration("4: what went on from what") { db in
    try db.execute(
      sql: """
        -- The generation that this one went on from, as its recipe says; pictures from before this
        -- have none.
        ALTER TABLE image ADD COLUMN parent TEXT;
        CREATE INDEX image_parent ON image (parent) WHERE parent IS NOT NULL;
        """)
  }
  migrator.registerMigration("5: what belongs to one table") { db in
    try db.execute(
      sql: """
        -- What the table of this picture is called, as its recipe says; of pictures from before this
        -- nobody knows whether they had one.
        ALTER TABLE image ADD COLUMN series TEXT;
        CREATE INDEX image_series ON image (series) WHERE series IS NOT NULL;
        """)
  }
  return migrator
}()
