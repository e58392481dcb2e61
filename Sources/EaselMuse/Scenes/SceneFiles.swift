internal import EaselKit
internal import Foundation

/// Files that scenes are made of and that came with Easel: the flat drawings, which are PNG files of
/// the Twemoji graphics, one a noun, and the words of other languages.
public enum SceneFiles {
  /// The folder of the drawings.
  public static func drawings(environment: [String: String]? = nil) throws -> String {
    try find("Drawings", "drawings of things", holding: "twemoji", environment)
  }

  /// What other languages call things, colours and places.
  public static func lexicon(environment: [String: String]? = nil) throws -> String {
    let name = "lexicon.tsv"
    let folder = try find("Words", "words of other languages", holding: name, environment)
    guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
      throw Failure(.notFound, "\(folder)/\(name) cannot be read")
    }
    return String(decoding: data, as: UTF8.self)
  }

  /// `EASEL_SHARE` wins; then the places where `make install` and the build put them.
  private static func find(
    _ name: String, _ what: String, holding entry: String, _ given: [String: String]?
  ) throws -> String {
    let environment = given ?? ProcessInfo.processInfo.environment
    var folders: [String] = []
    if let share = environment["EASEL_SHARE"], !share.isEmpty {
      folders.append("\(share)/\(name.lowercased())")
    }
    for program in [Bundle.main.executablePath, imagePath()].compactMap({ $0 }) {
      let folder = (program as NSString).resolvingSymlinksInPath as NSString
      let beside = folder.deletingLastPathComponent
      folders.append("\(beside)/../share/easel/\(name.lowercased())")
      folders.append("\(beside)/easel_EaselMuse.resources/\(name)")
    }
    for folder in folders where FileManager.default.fileExists(atPath: "\(folder)/\(entry)") {
      return folder
    }
    throw Failure(
      .notFound, "the \(what) are not installed",
      hint: "install Easel again with: make install",
      cause: "looked in \(folders.joined(separator: ", "))")
  }

  /// Path of the program or library that this code is in: tests run it from a library. The kernel's
  /// list of mapped files tells whose addresses are around ours.
  private static func imagePath() -> String? {
    let here = UInt64(UInt(bitPattern: #dsohandle))
    guard let maps = FileManager.default.contents(atPath: "/proc/self/maps") else { return nil }
    for line in String(decoding: maps, as: UTF8.self).split(separator: "\n") {
      let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
      guard fields.count == 6 else { continue }
      let ends = fields[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
      if ends.count == 2, ends[0] <= here, here < ends[1] {
        return fields[5].trimmingCharacters(in: .whitespaces)
      }
    }
    return nil
  }

  /// The PNG file of each character, in the order asked for.
  static func drawings(of scalars: [Unicode.Scalar], folder: String) throws -> [[UInt8]] {
    try scalars.map { scalar in
      let path = "\(folder)/twemoji/\(String(scalar.value, radix: 16)).png"
      guard let file = FileManager.default.contents(atPath: path) else {
        throw Failure(
          .notFound, "there is no drawing \(path)", hint: "install Easel again with: make install")
      }
      return [UInt8](file)
    }
  }
}
