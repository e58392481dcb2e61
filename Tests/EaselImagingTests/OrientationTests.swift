import EaselImaging
import EaselKit
import Testing

@Suite("Orientation of camera pictures")
struct OrientationTests {
  /// Red in the corner of the first pixel, green at the end of its row, on grey; 48×32.
  private static let stored: Picture = {
    var picture = Picture(width: 48, height: 32, red: 120, green: 120, blue: 120)
    for y in 0..<8 {
      for x in 0..<8 {
        picture.pixels[(y * 48 + x) * 3] = 250
        picture.pixels[(y * 48 + x) * 3 + 1] = 10
        picture.pixels[(y * 48 + 47 - x) * 3] = 10
        picture.pixels[(y * 48 + 47 - x) * 3 + 1] = 250
      }
    }
    return picture
  }()

  /// Where the standard's table of the tag says that both corners are seen.
  private static let corners: [(first: String, endOfRow: String)] = [
    ("top left", "top right"), ("top right", "top left"), ("bottom right", "bottom left"),
    ("bottom left", "bottom right"), ("top left", "bottom left"), ("top right", "bottom right"),
    ("bottom right", "top right"), ("bottom left", "top left"),
  ]

  private static func corner(_ picture: Picture, channel: Int) -> String? {
    for (name, x, y) in [
      ("top left", 3, 3), ("top right", picture.width - 4, 3),
      ("bottom left", 3, picture.height - 4),
      ("bottom right", picture.width - 4, picture.height - 4),
    ] {
      let i = (y * picture.width + x) * 3
      if picture.pixels[i + channel] > 200, picture.pixels[i + 1 - channel] < 60 { return name }
    }
    return nil
  }

  /// A TIFF structure whose only entry is the orientation, in either byte order.
  private static func tiff(_ orientation: Int, isBig: Bool) -> [UInt8] {
    let o = UInt8(orientation)
    return isBig
      ? Array("MM".utf8) + [
        0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, o, 0, 0, 0, 0, 0, 0,
      ]
      : Array("II".utf8) + [
        42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, o, 0, 0, 0, 0, 0, 0, 0,
      ]
  }

  private static func jpeg(_ block: [UInt8]) throws -> [UInt8] {
    let bytes = try encodeJPEG(stored), content = Array("Exif".utf8) + [0, 0] + block
    return Array(bytes[..<2]) + [0xFF, 0xE1, 0, UInt8(content.count + 2)] + content
      + Array(bytes[2...])
  }

  private static func png(_ block: [UInt8]) throws -> [UInt8] {
    let bytes = try encodePNG(stored), content = Array("eXIf".utf8) + block
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in content {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    func big(_ n: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(n >> UInt32($0) & 255) } }
    // Behind the signature and the header.
    return Array(bytes[..<33]) + big(UInt32(block.count)) + content + big(~crc)
      + Array(bytes[33...])
  }

  private static func webp(_ block: [UInt8]) throws -> [UInt8] {
    let bytes = try encodeWebP(stored, quality: 100)
    func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
      Array(name.utf8) + [UInt8(content.count), 0, 0, 0] + content
    }
    let rest =
      chunk("VP8X", [8, 0, 0, 0, 47, 0, 0, 31, 0, 0]) + Array(bytes[12...]) + chunk("EXIF", block)
    let size = rest.count + 4
    return Array("RIFF".utf8) + [UInt8(size & 255), UInt8(size >> 8), 0, 0] + Array("WEBP".utf8)
      + rest
  }

  @Test("All eight orientations are turned as the standard's table says", arguments: 1...8)
  func turned(orientation: Int) throws {
    let files: [(String, [UInt8])] = [
      ("JPEG, big endian", try Self.jpeg(Self.tiff(orientation, isBig: true))),
      ("JPEG, little endian", try Self.jpeg(Self.tiff(orientation, isBig: false))),
      ("PNG", try Self.png(Self.tiff(orientation, isBig: true))),
      ("WebP", try Self.webp(Self.tiff(orientation, isBig: false))),
    ]
    for (kind, bytes) in files {
      let picture = try uprightPicture(bytes)
      let size =
        orientation < 5 ? PixelSize(width: 48, height: 32) : PixelSize(width: 32, height: 48)
      #expect(exifOrientation(bytes) == orientation && picture.size == size, "\(kind)")
      #expect(Self.corner(picture, channel: 0) == Self.corners[orientation - 1].first, "\(kind)")
      #expect(Self.corner(picture, channel: 1) == Self.corners[orientation - 1].endOfRow, "\(kind)")
    }
  }

  @Test("Damaged and strange blocks mean that a picture stays as it is")
  func damaged() throws {
    let sound = try Self.jpeg(Self.tiff(6, isBig: true))
    #expect(exifOrientation(try Self.jpeg(Self.tiff(9, isBig: true))) == 1)
    #expect(exifOrientation(try encodePNG(Self.stored)) == 1)
    #expect(exifOrientation([]) == 1)
    for copy in damagedCopies(Array(sound[..<60]), seed: 5, count: 200) {
      // Whatever the block holds, the answer is one of eight and nothing traps.
      #expect((1...8).contains(exifOrientation(copy + sound[60...])))
    }
  }

  @Test("A sheet of captioned pictures has a cell for each, and letters below")
  func sheet() {
    let tiles = (0..<5).map {
      (picture: samplePicture(40, 30, seed: UInt64($0)), caption: "a red fox")
    }
    let sheet = captionedSheet(tiles, columns: 3, side: 64)
    #expect(sheet.width == 3 * 70 + 6 && sheet.height == 2 * (64 + 6 + 33) + 6)
    let below = sheet.cropped(to: PixelRect(x: 6, y: 6 + 64, width: 64, height: 14))
    #expect(below?.pixels.contains(40) == true)
  }
}
