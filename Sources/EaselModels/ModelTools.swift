public import EaselKit

/// What installing needs of those who know what a model is, and of the machine.
public struct ModelTools: Sendable {
  public typealias Member = (_ name: String, _ offset: Int, _ size: Int) throws -> Void

  /// Of the paths of a folder's files, relative to it, those that a model is made of. Throws where weights
  /// or configurations are missing, and says which.
  public var needed: @Sendable (_ paths: [String]) throws -> [String]
  /// Throws where the configurations at a path are those of another kind of model. The weights may be
  /// missing still.
  public var checkKind: @Sendable (_ path: String) throws -> Void
  /// Throws where the model at a path, a folder or a single file, cannot be opened.
  public var check: @Sendable (_ path: String) throws -> Void
  /// Reads every number of the weights at a path; what is wrong is in the answer. `progress` hears of bytes
  /// that are done, and of all.
  public var inspect:
    @Sendable (_ path: String, _ progress: (Int, Int) throws -> Void) throws -> [String]
  /// Says where the plain files of a tar archive lie in it.
  public var readTar: @Sendable (_ path: String, _ member: Member) throws -> Void
  /// Bytes that can still be written below a path; nil where the system does not say.
  public var freeBytes: @Sendable (_ path: String) -> Int? = { Disk.freeBytes($0) }
  /// Waiting times in seconds before a broken transfer is taken up again; it is given up when all of them
  /// brought nothing.
  public var retryDelays = [0.5, 2, 5, 10]

  public init(
    needed: @escaping @Sendable ([String]) throws -> [String],
    checkKind: @escaping @Sendable (String) throws -> Void,
    check: @escaping @Sendable (String) throws -> Void,
    inspect: @escaping @Sendable (String, (Int, Int) throws -> Void) throws -> [String],
    readTar: @escaping @Sendable (String, Member) throws -> Void
  ) {
    self.needed = needed
    self.checkKind = checkKind
    self.check = check
    self.inspect = inspect
    self.readTar = readTar
  }
}
