import EaselKit
import Foundation

extension TrainingRun {
  /// Paints the prompts of `samples` with the model as it is now, as `samples.png`.
  func writeSamples() throws {
    guard !settings.samples.isEmpty else { return }
    try exportModel()
    let model = try MuseModel(name: recipe.name, folder: folder + "/model", digest: "")
    try writeSheet(
      paintSampleSheet(model, prompts: settings.samples), "samples", step: sitting.newestStep)
  }

  /// Replaces `NAME.png` in the run's folder, and now and then keeps one of that step in `samples/`:
  /// each a fifth further than the one before, so that a long run keeps a few dozen.
  func writeSheet(_ picture: Picture, _ name: String, step: Int) throws {
    guard let png else {
      return try writePortablePixmap(picture, to: "\(folder)/\(name).ppm")
    }
    let data = Data(try png(picture))
    try data.write(to: URL(filePath: "\(folder)/\(name).png"), options: .atomic)
    let history = folder + "/samples"
    let prefix = name == "samples" ? "" : name + "-"
    let kept = ((try? FileManager.default.contentsOfDirectory(atPath: history)) ?? [])
      .compactMap { file -> Int? in
        guard file.hasPrefix(prefix), file.hasSuffix(".png") else { return nil }
        return Int(file.dropFirst(prefix.count).dropLast(4))
      }
    guard step > 0, step >= (kept.max() ?? 0) * 6 / 5, !kept.contains(step) else { return }
    try FileManager.default.createDirectory(
      atPath: history, withIntermediateDirectories: true)
    try data.write(to: URL(filePath: "\(history)/\(prefix)\(step).png"), options: .atomic)
  }
}

/// Binary PPM (P6), for sample sheets: any viewer opens it.
func writePortablePixmap(_ picture: Picture, to path: String) throws {
  var data = Data("P6\n\(picture.width) \(picture.height)\n255\n".utf8)
  data.append(contentsOf: picture.pixels)
  try data.write(to: URL(filePath: path), options: .atomic)
}
