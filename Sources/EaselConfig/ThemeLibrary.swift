public import EaselKit
public import EaselScreen
import Foundation

/// Finds themes: `NAME.toml` in any of the folders, the first folder wins.
public struct ThemeLibrary: Sendable {
  public let folders: [String]

  public init(folders: [String]) { self.folders = folders }

  /// Where themes may be: the user's own, then those that came with Easel (`EASEL_SHARE`, installed
  /// beside the program, or the sources it was built from).
  public static func standardFolders(
    userThemes: String, environment: [String: String], executable: String
  ) -> [String] {
    var folders = [userThemes]
    if let share = environment["EASEL_SHARE"], !share.isEmpty { folders.append(share + "/themes") }
    let folder = (executable as NSString).deletingLastPathComponent
    folders.append(folder + "/../share/easel/themes")
    folders.append(folder + "/../../../themes")
    folders.append(folder + "/../../themes")
    return folders
  }

  public var names: [String] {
    let files = folders.flatMap { (try? FileManager.default.contentsOfDirectory(atPath: $0)) ?? [] }
    return Set(files.filter { $0.hasSuffix(".toml") }.map { String($0.dropLast(5)) }).sorted()
  }

  public func load(_ name: String) throws -> Theme {
    // A name is not a path.
    if !name.contains("/"), !name.hasPrefix(".") {
      for folder in folders {
        let path = "\(folder)/\(name).toml"
        guard FileManager.default.fileExists(atPath: path) else { continue }
        do {
          return try ThemeFile.parse(
            String(contentsOf: URL(filePath: path), encoding: .utf8), name: name)
        } catch {
          var failure = Failure(error)
          failure.cause = [failure.cause, path].compactMap { $0 }.joined(separator: "; ")
          throw failure
        }
      }
    }
    throw Failure.unknown("theme", name, known: names)
  }

  /// The theme, or the plain one that needs no file and what is wrong.
  public func loadOrPlain(_ name: String) -> (theme: Theme, problem: Failure?) {
    do { return (try load(name), nil) } catch {
      let rest = ((try? load("dark")) ?? .plain)
      return (rest, Failure(error))
    }
  }
}

extension Theme {
  /// White on black, for when no theme can be read.
  public static let plain: Theme = {
    let ink = RGB(0xE6, 0xE6, 0xE6), paper = RGB(0x12, 0x12, 0x12)
    var looks: [Role: Look] = [:]
    for role in Role.allCases { looks[role] = Look(foreground: ink, background: paper) }
    // Keys of the footer lie on its ground: bold tells them apart.
    for role in [Role.selected, .tabActive] {
      looks[role] = Look(foreground: paper, background: ink)
    }
    return Theme(name: "plain", isDark: true, looks: looks)
  }()
}
