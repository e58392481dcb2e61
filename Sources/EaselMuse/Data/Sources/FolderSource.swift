public import EaselKit
import Foundation

/// A folder of pictures, each beside a text file of the same name: `harbour.png` and `harbour.txt` or
/// `harbour.caption`, one caption a line. Folders inside are searched; names that begin with a dot are
/// not looked at.
public struct FolderSource: DataSource {
  public let kind = "folder"
  private let folder: String
  private static let captionEndings = ["txt", "caption"]
  private static let longestText = 1 << 20

  /// Throws `Failure(.notFound)` where there is no such folder.
  public init(_ folder: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
    else { throw Failure(.notFound, "there is no folder \(folder)") }
    self.folder = folder
  }

  /// Pictures below the folder, captions or not, among the first `most` things in there: nobody knows what
  /// lies below a folder whose name is still being typed. `isAll` tells whether that was everything. Ends
  /// early where its task is cancelled.
  public func count(atMost most: Int) throws -> (pictures: Int, isAll: Bool) {
    guard let names = FileManager.default.enumerator(atPath: folder) else {
      throw Failure(.readOnly, "the folder \(folder) cannot be read")
    }
    var seen = 0, pictures = 0
    for case let name as String in names {
      if Task.isCancelled || seen == most { return (pictures, false) }
      seen += 1
      if Self.isPicture(name) { pictures += 1 }
    }
    return (pictures, true)
  }

  private static func isPicture(_ name: String) -> Bool {
    PictureFiles.endings.contains(splitEnding(name).ending)
      && !name.split(separator: "/").contains { $0.hasPrefix(".") }
  }

  public func read(_ take: (DataItem) throws -> Void) throws {
    let names: [String]
    do {
      names = try FileManager.default.subpathsOfDirectory(atPath: folder)
    } catch {
      throw Failure(.readOnly, "the folder \(folder) cannot be read", cause: "\(error)")
    }
    // By bytes: the same order in every language.
    let pictures = names.filter(Self.isPicture).sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    guard !pictures.isEmpty else {
      throw Failure(
        .notFound, "\(folder) holds no pictures", hint: "PNG, JPEG, WebP and PPM files are read")
    }
    try take(.expected(pictures.count))
    let files = PictureFiles(folder)
    for name in pictures {
      let stem = files.folder + "/" + splitEnding(name).stem
      let texts = Self.captionEndings.map { "\(stem).\($0)" }.filter {
        FileManager.default.fileExists(atPath: $0)
      }
      guard !texts.isEmpty else {
        try take(
          .bad(
            name: name,
            Failure(
              .badInput, "it has no caption",
              hint: "beside it put a .txt file of the same name, one caption a line")))
        continue
      }
      let captions: [String]
      do {
        captions = try texts.flatMap { path in
          decodedText(try ReadableFile(path).all(limit: Self.longestText))
            .split(whereSeparator: \.isNewline).map(String.init)
        }
      } catch {
        try take(
          .bad(
            name: name,
            Failure(.badInput, "its captions cannot be read", cause: Failure(error).description)))
        continue
      }
      try take(
        .record(
          DataRecord(
            name: name, captions: captions,
            content: .file { try PictureFiles.bytes(files.folder + "/" + name) })))
    }
  }
}
