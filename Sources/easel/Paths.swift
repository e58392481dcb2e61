import EaselKit
import EaselStore
import FoundationEssentials
import Glibc

/// Where things are: the XDG folders, or everything below `EASEL_HOME`.
///
/// ```
/// data    $XDG_DATA_HOME/easel     the library: database, pictures, trash, models
/// config  $XDG_CONFIG_HOME/easel   config.toml, themes/
/// state   $XDG_STATE_HOME/easel    draft, log
/// cache   $XDG_CACHE_HOME/easel    may be deleted at any time
/// ```
/// Nothing is created here.
struct Paths: Sendable, Hashable {
  var data: String
  var config: String
  var state: String
  var cache: String
  /// The program file itself, links resolved.
  var executable: String
  /// `EASEL_SHARE`: themes and models for this run; nil where it is not set.
  var share: String?

  init(environment: [String: String], executable: String) {
    func value(_ name: String) -> String? {
      // The specification: a path that is not absolute counts as not set.
      environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    self.executable = executable
    share = environment["EASEL_SHARE"].flatMap { $0.isEmpty ? nil : $0 }
    if let home = environment["EASEL_HOME"], !home.isEmpty {
      data = home + "/data"
      config = home + "/config"
      state = home + "/state"
      cache = home + "/cache"
      return
    }
    let home = value("HOME") ?? Self.homeOfUser()
    data = (value("XDG_DATA_HOME") ?? home + "/.local/share") + "/easel"
    config = (value("XDG_CONFIG_HOME") ?? home + "/.config") + "/easel"
    state = (value("XDG_STATE_HOME") ?? home + "/.local/state") + "/easel"
    cache = (value("XDG_CACHE_HOME") ?? home + "/.cache") + "/easel"
  }

  /// Of this process.
  static let current = Paths(
    environment: ProcessInfo.processInfo.environment, executable: executableOfProcess())

  var configFile: String { config + "/config.toml" }
  var stylesFile: String { config + "/styles.toml" }
  var library: LibraryFolders {
    LibraryFolders(library: data + "/library", cache: cache, state: state)
  }
  var logFile: String { state + "/easel.log" }
  var models: String { data + "/models" }

  /// Folders that may hold themes, most particular first: the user's own, then those that came with
  /// Easel, installed or in the source tree that the program was built in.
  var themeFolders: [String] {
    let program = Self.parent(executable)
    var folders = [config + "/themes"]
    if let share { folders.append(share + "/themes") }
    folders.append(Self.parent(program) + "/share/easel/themes")
    // .build/ARCHITECTURE/release/easel
    folders.append(Self.parent(Self.parent(Self.parent(program))) + "/themes")
    return folders
  }

  /// Where models may be, most particular first.
  var modelFolders: [String] {
    let program = Self.parent(executable)
    var folders = [models]
    if let share { folders.append(share + "/models") }
    folders.append(Self.parent(program) + "/share/easel/models")
    folders.append(program + "/easel_EaselMuse.resources/Models")
    return folders
  }

  static func parent(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  private static func homeOfUser() -> String {
    guard let entry = getpwuid(getuid()), let home = entry.pointee.pw_dir else { return "/" }
    return String(cString: home)
  }

  private static func executableOfProcess() -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0 else { return CommandLine.arguments.first ?? "easel" }
    return String(decoding: buffer[..<count], as: UTF8.self)
  }
}

/// Creates a folder and those above it, readable by this user alone.
func makeFolder(_ path: String) throws {
  do {
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  } catch {
    throw Failure(
      errno == ENOSPC ? .diskFull : .readOnly, "the folder \(path) cannot be made",
      cause: "\(error)")
  }
}

/// `~` and `~/…` as the user's home folder.
func expandingTilde(_ path: String) -> String {
  guard path == "~" || path.hasPrefix("~/") else { return path }
  let home = ProcessInfo.processInfo.environment["HOME"] ?? ""
  return home.isEmpty ? path : home + path.dropFirst()
}

/// A folder as a user named it, from the root, so that a message can say where things are: `.` is a place only to
/// those who know where they started. The folder need not be there.
func resolvedFolder(_ path: String) -> String {
  var above = "/" + absolute(path).split(separator: "/").filter { $0 != "." }.joined(separator: "/")
  var below = ""
  while true {
    if let found = realpath(above, nil) {
      defer { free(found) }
      let folder = String(cString: found)
      return folder == "/" && !below.isEmpty ? below : folder + below
    }
    guard above != "/", let slash = above.lastIndex(of: "/") else { return above + below }
    below = above[slash...] + below
    above = Paths.parent(above)
  }
}

/// What kind of thing is at a path; nil when there is nothing.
func fileKind(_ path: String) -> FileKind? {
  var info = stat()
  guard stat(path, &info) == 0 else { return nil }
  return info.st_mode & S_IFMT == S_IFDIR ? .folder : .file
}

enum FileKind: Hashable, Sendable { case folder, file }

/// The bytes of a file that a user named.
func readFile(_ path: String) throws -> [UInt8] {
  guard let kind = fileKind(path) else {
    throw Failure(.notFound, "there is no file \(path)")
  }
  guard kind != .folder else {
    throw Failure(.badInput, "\(path) is a folder, not a picture")
  }
  do {
    return [UInt8](try Data(contentsOf: URL(filePath: path)))
  } catch {
    throw Failure(.readOnly, "\(path) cannot be read", cause: "\(error)")
  }
}
