// History in SQLite, pictures on disk.
