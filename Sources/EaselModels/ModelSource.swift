public import EaselKit
public import Foundation

/// Where a model comes from.
public enum ModelSource: Hashable, Sendable {
  /// A folder in the layout of diffusers' pipelines.
  case folder(String)
  /// A single `.safetensors` file.
  case file(String)
  /// A `.tar` of such a folder or file.
  case archive(String)
  /// The same two on a server.
  case remoteFile(URL)
  case remoteArchive(URL)
  /// A repository of a Hugging Face hub.
  case hub(owner: String, name: String)

  /// What a user wrote: a path, an address, `owner/name`, or the name of a known model. A path that exists
  /// comes before a repository of the same name.
  public init(_ text: String, hub: Hub = Hub()) throws {
    let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !text.isEmpty, !text.unicodeScalars.contains("\0") else {
      throw Failure(.badInput, "no source is named", hint: Self.hint)
    }
    if let known = KnownModel.all.first(where: { $0.name == text }), Disk.kind(text) == nil {
      self = try Self.repository(known.source[...], hub) ?? .folder(text)
    } else if text.hasPrefix("http://") || text.hasPrefix("https://") {
      self = try Self.address(text, hub)
    } else if let kind = Disk.kind(Self.expanded(text)) {
      self = try Self.local(Self.expanded(text), kind)
    } else if let found = try Self.repository(text[...], hub) {
      self = found
    } else if let scheme = text.range(of: "://") {
      throw Failure(
        .badInput, "addresses that begin with \(text[..<scheme.upperBound]) cannot be read",
        hint: "http:// and https:// can")
    } else {
      throw Failure(.notFound, "there is no file or folder \(text)", hint: Self.hint)
    }
  }

  private static let hint =
    "a folder, a .safetensors or .tar file, an http(s) address, owner/name on Hugging Face, or "
    + KnownModel.all.map(\.name).joined(separator: " or ")

  private static func expanded(_ path: String) -> String {
    path == "~" || path.hasPrefix("~/") ? (path as NSString).expandingTildeInPath : path
  }

  private static func local(_ path: String, _ kind: Disk.Kind) throws -> Self {
    let full = URL(filePath: path).standardizedFileURL.path
    switch kind {
    case .folder: return .folder(full.hasSuffix("/") ? String(full.dropLast()) : full)
    case .other: throw Failure(.badInput, "\(path) is neither a file nor a folder")
    case .file:
      switch try ending(path) {
      case .weights: return .file(full)
      case .archive: return .archive(full)
      case nil:
        throw Failure(
          .badInput, "\(path) is no model", hint: "models are folders, .safetensors or .tar files")
      }
    }
  }

  private enum Ending { case weights, archive }

  private static func ending(_ path: String) throws -> Ending? {
    let name = path.lowercased()
    if name.hasSuffix(".safetensors") { return .weights }
    if name.hasSuffix(".tar") { return .archive }
    if [".tar.gz", ".tgz", ".zip", ".tar.xz", ".tar.bz2", ".tar.zst", ".7z"]
      .contains(where: name.hasSuffix)
    {
      throw Failure(
        .unsupported, "\(path) is compressed", hint: "unpack it and install the folder")
    }
    return nil
  }

  private static func address(_ text: String, _ hub: Hub) throws -> Self {
    guard let url = URL(string: text), let host = url.host(), !host.isEmpty else {
      throw Failure(.badInput, "the address \(text) cannot be read")
    }
    guard url.user() == nil, url.password() == nil else {
      throw Failure(
        .badInput, "an address with a password is not used",
        hint: "it would stand in the model's manifest")
    }
    switch try ending(url.path()) {
    case .weights: return .remoteFile(url)
    case .archive: return .remoteArchive(url)
    case nil: break
    }
    // The page of a repository, as one copies it from a browser.
    if host == "huggingface.co" || host == hub.endpoint.host() {
      var parts = url.path().split(separator: "/")
      if parts.count >= 3, parts[2] == "tree" { parts = Array(parts.prefix(2)) }
      if parts.count == 2, let found = try repository("\(parts[0])/\(parts[1])"[...], hub) {
        return found
      }
    }
    throw Failure(
      .badInput, "the address does not end in .safetensors or .tar",
      hint: "for a repository of Hugging Face write owner/name", cause: text)
  }

  private static func repository(_ text: Substring, _ hub: Hub) throws -> Self? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    func isName(_ part: Substring) -> Bool {
      guard let first = part.utf8.first, part.utf8.count <= 96 else { return false }
      return first != UInt8(ascii: ".")
        && part.utf8.allSatisfy { byte in
          Character(UnicodeScalar(byte)).isASCII
            && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber
              || "-_.".utf8.contains(byte))
        }
    }
    guard parts.count == 2, parts.allSatisfy(isName) else { return nil }
    return .hub(owner: String(parts[0]), name: String(parts[1]))
  }

  /// What the model is called where nobody says.
  public var suggestedName: String {
    func stem(_ path: String) -> String {
      ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    }
    return switch self {
    case .folder(let path): (path as NSString).lastPathComponent
    case .file(let path), .archive(let path): stem(path)
    case .remoteFile(let url), .remoteArchive(let url): stem(url.path(percentEncoded: false))
    case .hub(_, let name): name
    }
  }

  /// As it can be written again.
  public var text: String {
    switch self {
    case .folder(let path), .file(let path), .archive(let path): path
    case .remoteFile(let url), .remoteArchive(let url): url.absoluteString
    case .hub(let owner, let name): "\(owner)/\(name)"
    }
  }

  /// The same without what follows a question mark, which may be a key of somebody's.
  public var shownText: String {
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    return switch self {
    case .remoteFile, .remoteArchive: String(parts[0])
    case .folder, .file, .archive, .hub: text
    }
  }

  /// The server that will be asked; nil where none is.
  public func host(_ hub: Hub) -> String? {
    func named(_ url: URL) -> String? {
      guard let host = url.host() else { return nil }
      return url.port.map { "\(host):\($0)" } ?? host
    }
    return switch self {
    case .folder, .file, .archive: nil
    case .remoteFile(let url), .remoteArchive(let url): named(url)
    case .hub: named(hub.endpoint)
    }
  }
}

extension ModelSource {
  /// Throws where no folder should be called that.
  static func check(name: String) throws {
    guard !name.isEmpty, name.utf8.count <= 100, !name.hasPrefix("."), !name.hasPrefix("-"),
      !name.contains("/"),
      name.unicodeScalars.allSatisfy({ scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate: false
        default: true
        }
      })
    else {
      throw Failure(
        .badInput, "a model cannot be called '\(name)'",
        hint: "--name takes letters, digits, dots and dashes, and no dot at the beginning")
    }
  }
}
