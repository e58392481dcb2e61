public import EaselKit
public import Foundation

/// A Hugging Face hub, or a mirror that answers like one.
///
/// ```
/// /api/models/OWNER/NAME                            {"sha": REVISION, "cardData": {"license": …}}
/// /api/models/OWNER/NAME/tree/REVISION?recursive=…  [{"type": "file", "path": …, "size": …,
///                                                     "lfs": {"oid": SHA-256, "size": …}}]
/// /OWNER/NAME/resolve/REVISION/PATH                 the bytes
/// ```
public struct Hub: Hashable, Sendable {
  public var endpoint: URL

  /// - Parameter environment: `HF_ENDPOINT` is where the hub is, as for the hub's own tools.
  public init(environment: [String: String] = [:]) throws {
    self.init()
    guard let text = environment["HF_ENDPOINT"], !text.isEmpty else { return }
    guard let url = URL(string: text), url.host()?.isEmpty == false,
      url.scheme == "http" || url.scheme == "https"
    else {
      throw Failure(
        .badInput, "HF_ENDPOINT is no address", hint: "it looks like https://huggingface.co",
        cause: text)
    }
    endpoint = url
  }

  public init() {
    var address = URLComponents()
    (address.scheme, address.host) = ("https", "huggingface.co")
    guard let url = address.url else { preconditionFailure("a constant is no address") }
    endpoint = url
  }

  struct File: Hashable {
    var path: String
    var size: Int
    /// Of large files only.
    var sha256: String?
  }

  struct Listing {
    var revision: String
    var license: String?
    var files: [File]
  }

  func url(_ path: String) -> URL { endpoint.appending(path: path) }

  func url(of file: String, _ owner: String, _ name: String, _ revision: String) -> URL {
    url("\(owner)/\(name)/resolve/\(revision)/\(file)")
  }

  /// What a repository holds at the newest revision, which is named, so that all files are of one.
  func list(_ owner: String, _ name: String, isCancelled: () -> Bool) throws -> Listing {
    struct Card: Decodable {
      struct License: Decodable {
        var text: String?
        init(from decoder: any Decoder) throws {
          let container = try decoder.singleValueContainer()
          text =
            (try? container.decode(String.self))
            ?? (try? container.decode([String].self))?.joined(separator: ", ")
        }
      }
      var license: License?
    }
    struct Model: Decodable {
      var sha: String?
      var cardData: Card?
    }
    struct Entry: Decodable {
      struct Large: Decodable {
        var oid: String
        var size: Int?
      }
      var type: String?
      var path: String
      var size: Int?
      var lfs: Large?
    }
    let api = "api/models/\(owner)/\(name)"
    let model: Model = try get(url(api), isCancelled)
    let revision = model.sha ?? "main"
    guard revision.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }) || model.sha == nil
    else {
      throw Failure(.engineUnreachable, "the hub's answer makes no sense", cause: "a revision")
    }
    let tree = url("\(api)/tree/\(revision)").appending(queryItems: [
      URLQueryItem(name: "recursive", value: "true")
    ])
    let entries: [Entry] = try get(tree, isCancelled)
    let files = entries.compactMap { entry -> File? in
      guard entry.type != "directory" else { return nil }
      let size = entry.lfs?.size ?? entry.size ?? 0
      // What the hub says ends up in paths.
      guard isSafe(path: entry.path), size >= 0 else { return nil }
      return File(path: entry.path, size: size, sha256: entry.lfs?.oid.lowercased())
    }
    let license = model.cardData?.license?.text
    return Listing(
      revision: revision, license: license.map { String($0.prefix(100)) }, files: files)
  }

  private func get<Answer: Decodable>(_ url: URL, _ isCancelled: () -> Bool) throws -> Answer {
    // Lists of files are small.
    let limit = 16 << 20
    let body = Collected()
    do {
      try Transfer.run(
        url, headers: ["Accept": "application/json"], isCancelled: isCancelled,
        onResponse: { response in try response.requireContent(of: url) },
        onData: { data in
          body.data += data
          guard body.data.count <= limit else {
            throw Failure(.engineUnreachable, "the hub's answer is too long", cause: "\(url)")
          }
        })
    } catch let broken as Transfer.Broken {
      throw Failure.unreachable(url, cause: broken.cause)
    }
    do { return try JSONDecoder().decode(Answer.self, from: body.data) } catch {
      throw Failure(
        .engineUnreachable, "the answer of \(url.host() ?? "the hub") makes no sense",
        hint: "is HF_ENDPOINT the address of a hub?", cause: "\(url): no list of files")
    }
  }

  /// Unchecked: filled on the session's queue, one piece after the other, and read when the transfer has ended.
  private final class Collected: @unchecked Sendable { var data = Data() }
}

/// Whether a path stays below the folder it is relative to, and has no part that hides.
func isSafe(path: String) -> Bool {
  let parts = path.split(separator: "/", omittingEmptySubsequences: false)
  return !parts.isEmpty && parts.count <= 6 && path.utf8.count <= 500
    && parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") }
    && path.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
}

extension Transfer.Response {
  /// Throws what an answer without content means; `Broken` where another try may bring it.
  func requireContent(of url: URL) throws {
    let host = url.host() ?? "the server"
    switch status {
    case 200, 206: return
    case 404, 410:
      throw Failure(
        .notFound, "\(host) has nothing of that name", hint: "is it written right?",
        cause: "\(url.shown): status \(status)")
    case 401, 403:
      // The hub says so of repositories that do not exist, too.
      throw Failure(
        .notFound, "\(host) has nothing public of that name",
        hint:
          "is it written right? what asks for an account is fetched with the hub's own tools, and "
          + "its folder installed",
        cause: "\(url.shown): status \(status)")
    case 408, 425, 429, 500...599: throw Transfer.Broken(cause: "\(url.shown): status \(status)")
    default:
      throw Failure(
        .engineUnreachable, "\(host) does not hand the file out",
        cause: "\(url.shown): status \(status)")
    }
  }
}

extension URL {
  /// Without what follows a question mark.
  var shown: String {
    String(absoluteString.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)[0])
  }
}

extension Failure {
  static func unreachable(_ url: URL, cause: String) -> Failure {
    Failure(
      .engineUnreachable, "\(url.host() ?? "the server") cannot be reached, or stops answering",
      hint: "what has arrived is kept; the same command goes on from there", cause: cause)
  }
}
