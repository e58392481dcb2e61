/// Where things lie. Layout of the library:
///
/// ```
/// library.db (+ -wal, -shm)      rows; never opened by plain file calls while SQLite has it
/// lock                           flock target; its text is a hint for people
/// ids                            no picture has a number above this one; see `IdMark`
/// objects/ab/<sha256>.png        pictures, read-only, named by their content
/// trash/ab/<sha256>.png          the same for pictures in the trash
/// tmp/<name>.part                being written; rubbish once we hold the lock
/// inbox/<name>.png               pictures of a process that could not get the lock
/// snapshots/library-<day>-<n>.db copies of the database
/// quarantine/                    what the sweep could not explain, and databases set aside
/// damaged                        exists while the database must not be written
/// ```
public struct LibraryFolders: Hashable, Sendable {
  /// The library itself.
  public var library: String
  /// May be deleted at any time.
  public var cache: String
  /// Drafts.
  public var state: String
  public init(library: String, cache: String, state: String) {
    self.library = library
    self.cache = cache
    self.state = state
  }

  var database: String { library + "/library.db" }
  var lock: String { library + "/lock" }
  var idMark: String { library + "/ids" }
  var objects: String { library + "/objects" }
  var trash: String { library + "/trash" }
  var temporary: String { library + "/tmp" }
  var inbox: String { library + "/inbox" }
  var snapshots: String { library + "/snapshots" }
  var quarantine: String { library + "/quarantine" }
  var damagedMark: String { library + "/damaged" }
  /// Folders that a library must have.
  var all: [String] {
    [library, objects, trash, temporary, inbox, snapshots, quarantine]
  }

  func object(_ digest: Digest) -> String { Self.path(objects, digest) }
  func trashed(_ digest: Digest) -> String { Self.path(trash, digest) }
  func thumbnail(_ digest: Digest, side: Int) -> String {
    "\(cache)/thumbs/\(shard(digest))/\(digest)-\(side).png"
  }

  private static func path(_ folder: String, _ digest: Digest) -> String {
    "\(folder)/\(shard(digest))/\(digest).png"
  }
}

/// 256 folders keep each of them small.
func shard(_ digest: Digest) -> String { hex(digest.bytes.prefix(1)) }
