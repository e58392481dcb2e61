import EaselImaging
import EaselKit
import EaselScreen
import Foundation

/// The pictures that a run shows of itself, for any size and ground: its curves and its newest sheet of
/// samples.
enum RunPictures {
  /// The curves of a run on `ground`, light letters or dark ones as it needs.
  static func curves(_ curves: TrainingCurves, size: PixelSize, ground: RGB) -> Picture {
    // Rec. 601: how light a colour looks.
    let light = 299 * Int(ground.red) + 587 * Int(ground.green) + 114 * Int(ground.blue)
    var colours = light > 127_000 ? PlotColours.light : .dark
    colours.ground = PlotColour(ground.red, ground.green, ground.blue)
    return drawPlots(curves.charts, width: size.width, height: size.height, colours: colours)
  }

  /// The newest sheet that lies in a run's folder, and when it was written.
  static func newestSheet(in folder: String) -> (path: String, date: Date)? {
    ["samples", "vqgan", "upscaler"].compactMap { name in
      let path = "\(folder)/\(name).png"
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      return (attributes?[.modificationDate] as? Date).map { (path, $0) }
    }.max { $0.date < $1.date }
  }

  /// nil for a file that is gone or no picture.
  static func sheet(_ path: String) -> Picture? { try? readPicture(readFile(path)).picture }

  /// A sheet as large as it shows in `size`, in the middle of `ground`.
  static func samples(_ sheet: Picture, size: PixelSize, ground: RGB) -> Picture {
    let sheet = stacked(sheet, for: size)
    return sheet.scaled(to: sheet.size.fitted(in: size)).centred(on: size, background: ground.parts)
  }

  /// A wide sheet in parts under each other, as show it the largest in `room`; only the first of them
  /// where all would be too small to be made out. Sheets have twelve or sixteen pictures in a row and a
  /// frame around each, so that no cut goes through a picture.
  private static func stacked(_ sheet: Picture, for room: PixelSize) -> Picture {
    let frame = 2
    // Pictures are 128 pixels wide in a sheet: a sixth of that tells a fox from a car.
    let enough = 1.0 / 6
    func rank(_ parts: Int, _ shown: Int) -> (Double, Double, Double) {
      let scale = min(
        Double(room.width * parts) / Double(sheet.width),
        Double(room.height) / Double(sheet.height * shown))
      return (min(scale, enough), Double(shown) / Double(parts), scale)
    }
    let cuts = [1, 2, 4].filter { (sheet.width - frame) % $0 == 0 }
    let ways = cuts.flatMap { parts in
      [1, 2, 4].filter { $0 <= parts }.map { (parts: parts, shown: $0) }
    }
    let (parts, shown) =
      ways.max { rank($0.parts, $0.shown) < rank($1.parts, $1.shown) } ?? (1, 1)
    guard parts > 1 else { return sheet }
    let step = (sheet.width - frame) / parts, width = step + frame
    // Three samples a pixel, in rows.
    var pixels: [UInt8] = []
    pixels.reserveCapacity(sheet.pixels.count)
    for part in 0..<shown {
      for y in 0..<sheet.height {
        let start = (y * sheet.width + part * step) * 3
        pixels += sheet.pixels[start..<start + width * 3]
      }
    }
    return Picture(width: width, height: sheet.height * shown, pixels: pixels)
  }
}
