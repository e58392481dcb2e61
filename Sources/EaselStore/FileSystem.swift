/// The calls that the store makes to the file system, as a struct of functions, so that a test can
/// fail or cut off any single one of them. `FileSystem.real` is what everyone else uses.
///
/// Every function throws `SystemError` with the number the kernel gave.
public struct FileSystem: Sendable {
  public enum Kind: Sendable { case file, folder, link, other }

  /// What lies at a path; links are not followed.
  public struct Info: Sendable {
    public var kind: Kind
    public var bytes: Int
    /// Permission bits.
    public var mode: UInt32
    /// When its bytes were last changed, in milliseconds since 1970, UTC.
    public var modified: Int64
    public init(kind: Kind, bytes: Int, mode: UInt32, modified: Int64 = 0) {
      self.kind = kind
      self.bytes = bytes
      self.mode = mode
      self.modified = modified
    }
  }

  /// Moments that are not calls: where a crash leaves something different behind.
  public enum Moment: String, Sendable {
    /// All statements of a transaction are done; the commit follows.
    case beforeCommit
    /// The transaction is on the disk.
    case afterCommit
  }

  /// Opens with the flags of open(2) plus close-on-exec.
  public var open: @Sendable (_ path: String, _ flags: Int32, _ mode: UInt32) throws -> Int32
  /// Writes some of the bytes and says how many.
  public var write: @Sendable (_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) throws -> Int
  public var sync: @Sendable (_ descriptor: Int32) throws -> Void
  public var setMode: @Sendable (_ descriptor: Int32, _ mode: UInt32) throws -> Void
  public var close: @Sendable (_ descriptor: Int32) throws -> Void
  public var rename: @Sendable (_ from: String, _ to: String) throws -> Void
  /// A second name for the same file; fails when `to` exists.
  public var link: @Sendable (_ from: String, _ to: String) throws -> Void
  public var remove: @Sendable (_ path: String) throws -> Void
  public var makeFolder: @Sendable (_ path: String, _ mode: UInt32) throws -> Void
  /// All bytes of a regular file; throws EFBIG above `limit` and EINVAL for anything but a file.
  public var read: @Sendable (_ path: String, _ limit: Int) throws -> [UInt8]
  /// Names in a folder, in no order, without `.` and `..`.
  public var list: @Sendable (_ path: String) throws -> [String]
  /// Nil when nothing is there.
  public var info: @Sendable (_ path: String) throws -> Info?
  /// Called at each moment; the real one does nothing.
  public var reached: @Sendable (_ moment: Moment) throws -> Void

  public init(
    open: @escaping @Sendable (String, Int32, UInt32) throws -> Int32,
    write: @escaping @Sendable (Int32, ArraySlice<UInt8>) throws -> Int,
    sync: @escaping @Sendable (Int32) throws -> Void,
    setMode: @escaping @Sendable (Int32, UInt32) throws -> Void,
    close: @escaping @Sendable (Int32) throws -> Void,
    rename: @escaping @Sendable (String, String) throws -> Void,
    link: @escaping @Sendable (String, String) throws -> Void,
    remove: @escaping @Sendable (String) throws -> Void,
    makeFolder: @escaping @Sendable (String, UInt32) throws -> Void,
    read: @escaping @Sendable (String, Int) throws -> [UInt8],
    list: @escaping @Sendable (String) throws -> [String],
    info: @escaping @Sendable (String) throws -> Info?,
    reached: @escaping @Sendable (Moment) throws -> Void = { _ in }
  ) {
    self.open = open
    self.write = write
    self.sync = sync
    self.setMode = setMode
    self.close = close
    self.rename = rename
    self.link = link
    self.remove = remove
    self.makeFolder = makeFolder
    self.read = read
    self.list = list
    self.info = info
    self.reached = reached
  }
}
