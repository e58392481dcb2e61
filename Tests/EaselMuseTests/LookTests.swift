import EaselImaging
import EaselKit
import EaselMuse
import Testing

@Suite("How pictures look")
struct LookTests {
  private func look(_ picture: Picture) -> PictureLook {
    PictureLook(small: picture.scaled(to: PixelSize(width: 32, height: 32)))
  }
  private func isSame(_ a: PictureLook, _ b: PictureLook) -> Bool {
    a.distance(b) <= 6 && a.hasColours(of: b)
  }

  @Test("Pictures that were scaled or compressed anew look the same; others do not")
  func robust() throws {
    let originals = (0..<60).map { landscape(UInt64($0), width: 128, height: 128) }
    let looks = originals.map(look)
    let changes: [(name: String, least: Int, change: (Picture) throws -> Picture)] = [
      ("half as large", 59, { $0.scaled(to: PixelSize(width: 64, height: 64)) }),
      ("larger, other proportions", 59, { $0.scaled(to: PixelSize(width: 200, height: 150)) }),
      ("JPEG 75", 59, { try decodeJPEG(encodeJPEG($0, quality: 75)).picture }),
      ("JPEG 40", 57, { try decodeJPEG(encodeJPEG($0, quality: 40)).picture }),
      ("WebP 60", 57, { try uprightPicture(encodeWebP($0, quality: 60)) }),
      (
        "two pixels cut off", 45,
        { $0.cropped(to: PixelRect(x: 2, y: 2, width: 124, height: 124)) ?? $0 }
      ),
    ]
    for (name, least, change) in changes {
      let found = try zip(originals, looks).filter { isSame(look(try change($0.0)), $0.1) }.count
      #expect(found >= least, "\(name): \(found) of 60")
    }
    var pairs = 0
    for i in looks.indices { for j in 0..<i where isSame(looks[i], looks[j]) { pairs += 1 } }
    #expect(pairs == 0, "\(pairs) pairs of different pictures look the same")
  }

  @Test("Another colour is another picture, a mirrored one too; a grain of noise is not")
  func colours() {
    let picture = landscape(4, width: 96, height: 96)
    var red = picture, noisy = picture
    var random = SplitMix64(seed: 1)
    for i in stride(from: 0, to: picture.pixels.count, by: 3) {
      (red.pixels[i], red.pixels[i + 1]) = (red.pixels[i + 1], red.pixels[i])
      for c in 0..<3 {
        let value = Int(noisy.pixels[i + c]) + random.nextInt(13) - 6
        noisy.pixels[i + c] = UInt8(max(0, min(255, value)))
      }
    }
    #expect(!isSame(look(picture), look(red)))
    #expect(!isSame(look(picture), look(picture.mirrored())))
    #expect(isSame(look(picture), look(noisy)))
    // Flat pictures have no shape, only their colour.
    let blue = Picture(width: 50, height: 50, blue: 200),
      green = Picture(width: 40, height: 90, green: 200)
    #expect(look(blue).shape == 0 && look(green).shape == 0 && !isSame(look(blue), look(green)))
    #expect(isSame(look(blue), look(Picture(width: 90, height: 30, blue: 202))))
  }
}
