import EaselKit
import EaselMuse
import Foundation

/// The lists that prompts draw from: those that come with Easel, and over them the files of a folder.
///
/// A file is a list of its own name: `wildcards/colour.txt`, `wildcards/animals/birds.txt`. What cannot be read
/// is passed over and is a problem; a prompt that names it says so.
struct WildcardFiles {
  private(set) var wildcards = Wildcards()
  private(set) var problems: [Failure] = []
  /// Lists of the folder.
  private(set) var count = 0

  /// Reads the lists of `folder`; it need not be there.
  init(_ folder: String) {
    var found: [String: [String]] = [:]
    var paths: [String: String] = [:]
    func add(_ entries: [String], _ name: String, _ path: String) {
      if let other = paths[name.lowercased()] {
        problems.append(
          Failure(
            .badInput, "two files are the list '\(name.lowercased())'",
            hint: "give one of them another name", cause: "\(other) and \(path)"))
        return
      }
      paths[name.lowercased()] = path
      found[name] = entries
    }
    func read(_ folder: String, name: String, depth: Int) {
      guard depth < 4, fileKind(folder) != nil else { return }
      let entries: [String]
      do { entries = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
        problems.append(
          Failure(.readOnly, "the lists in \(folder) cannot be read", cause: "\(error)"))
        return
      }
      for entry in entries.sorted().prefix(Self.mostFiles) {
        let path = "\(folder)/\(entry)"
        switch fileKind(path) {
        case .folder: read(path, name: "\(name)\(entry)/", depth: depth + 1)
        case .file where entry.hasSuffix(".txt"):
          let list = name + String(entry.dropLast(4))
          if let entries = lines(of: path, list) { add(entries, list, path) }
        case .file, nil: continue
        }
      }
    }
    read(folder, name: "", depth: 0)
    count = found.count
    wildcards = Self.builtIn.overridden(by: Wildcards(found))
    for (name, entries) in found.sorted(by: { $0.key < $1.key }) {
      check(entries, name, paths[name.lowercased()] ?? folder)
    }
  }

  /// nil where the file cannot be read.
  private mutating func lines(of path: String, _ list: String) -> [String]? {
    guard let file = FileHandle(forReadingAtPath: path),
      let bytes = try? file.read(upToCount: Self.longest + 1)
    else {
      problems.append(
        Failure(
          .readOnly, "the list '\(list)' cannot be read", hint: "check its permissions", cause: path
        ))
      return nil
    }
    if bytes.count > Self.longest {
      problems.append(
        Failure(
          .badInput, "the list '\(list)' is longer than \(Self.longest >> 10) KiB",
          hint: "what is behind that is not drawn from", cause: path))
    }
    let text = bytes.prefix(Self.longest)
    if String(bytes: text, encoding: .utf8) == nil, bytes.count <= Self.longest {
      problems.append(
        Failure(
          .badInput, "the list '\(list)' is not UTF-8", hint: "save it as UTF-8", cause: path))
    }
    return Wildcards.entries(in: String(decoding: text, as: UTF8.self))
  }

  private mutating func check(_ entries: [String], _ name: String, _ path: String) {
    do { _ = try wildcards.entries(of: name.lowercased()) } catch {
      var failure = error
      failure.cause = path
      problems.append(failure)
    }
    for entry in entries {
      guard let problem = PromptTemplate(entry).problem(wildcards) else { continue }
      problems.append(
        Failure(.badInput, "the list '\(name)' has the entry '\(entry)': \(problem)", cause: path))
      // One is enough to find the others by.
      return
    }
  }

  /// Longest file that is read as a list, in bytes, and files of a folder.
  private static let longest = 1 << 20
  private static let mostFiles = 1_000

  /// Of the scenes that the shipped model knows.
  private static let builtIn = Wildcards([
    "colour": SceneColour.allCases.map(\.rawValue), "color": SceneColour.allCases.map(\.rawValue),
    "thing": Noun.all.map(\.name), "number": ["two", "three", "four"],
    "style": SceneStyle.allCases.compactMap(\.tags.first),
    "place": ScenePlace.drawn.compactMap(\.phrases.first),
  ])
}

extension Paths {
  var wildcards: String { config + "/wildcards" }
}
