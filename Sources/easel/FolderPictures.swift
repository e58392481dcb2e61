import EaselImaging
import EaselKit
import EaselMuse
import Foundation

/// Captioned pictures of a folder: `harbour.png` beside `harbour.txt`, one caption a line.
///
/// Pictures are cut to a square in the middle and scaled when they are asked for; a picture is read
/// once when the run begins, so that a damaged one is named before hours of work.
final class FolderPictures: TrainingPictures {
  struct Entry: Sendable {
    var picture: Picture
    var captions: [String]
  }
  private let entries: [Entry]

  init(_ entries: [Entry]) { self.entries = entries }

  /// One picture in ten is kept for judging.
  static func read(_ folder: String) throws -> (FolderPictures, FolderPictures) {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
    var entries: [Entry] = []
    for name in names {
      let stem = (name as NSString).deletingPathExtension
      guard
        ["png", "jpg", "jpeg", "webp", "ppm"].contains(
          (name as NSString).pathExtension.lowercased())
      else { continue }
      let text = (try? String(contentsOfFile: "\(folder)/\(stem).txt", encoding: .utf8)) ?? ""
      let captions = text.split(separator: "\n").map(String.init).filter { !$0.isEmpty }
      guard !captions.isEmpty else { continue }
      do {
        let picture = try readPicture(readFile("\(folder)/\(name)")).picture
        entries.append(Entry(picture: squared(picture), captions: captions))
      } catch {
        let failure = Failure(error)
        throw Failure(
          failure.code, "\(folder)/\(name) cannot be learnt from: \(failure.what)",
          hint: "take it out of the folder", cause: failure.cause)
      }
    }
    guard entries.count >= 2 else {
      throw Failure(
        .notFound, "\(folder) holds \(entries.count) pictures with captions",
        hint: "beside each picture put a text file of the same name, one caption a line")
    }
    let kept = entries.indices.filter { $0 % 10 == 9 || $0 == entries.count - 1 }
    return (
      FolderPictures(entries.indices.filter { !kept.contains($0) }.map { entries[$0] }),
      FolderPictures(kept.map { entries[$0] })
    )
  }

  func picture(index: Int, size: Int) -> Picture {
    entries[index % entries.count].picture.scaled(to: PixelSize(width: size, height: size))
  }

  func caption(index: Int, variant: Int) -> String {
    let captions = entries[index % entries.count].captions
    return captions[variant % captions.count]
  }

  /// The largest square in the middle, at most 512 pixels wide so that a folder fits into memory.
  private static func squared(_ picture: Picture) -> Picture {
    let side = min(picture.width, picture.height)
    let cut = picture.centred(on: PixelSize(width: side, height: side))
    return side > 512 ? cut.scaled(to: PixelSize(width: 512, height: 512)) : cut
  }
}
