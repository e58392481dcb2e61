import EaselImaging
import EaselKit
import Foundation
import Testing

@Suite struct TerminalFilesTests {
  private let picture: Picture = {
    var random = SplitMix64(seed: 3)
    // Noise does not compress: the file takes several pieces.
    return Picture(
      width: 61, height: 47,
      pixels: (0..<61 * 47 * 3).map { _ in UInt8(truncatingIfNeeded: random.next()) })
  }()

  private func decoded(_ base64: String) throws -> Picture {
    try readPicture(Array(try #require(Data(base64Encoded: base64)))).picture
  }

  @Test func kittyGetsThePictureInPieces() throws {
    let text = String(decoding: try encodeKitty(picture), as: UTF8.self)
    let pieces = text.components(separatedBy: "\u{1B}\\").dropLast()
    #expect(pieces.count > 2)
    var base64 = ""
    for (i, piece) in pieces.enumerated() {
      let isLast = i == pieces.count - 1
      let head = "\u{1B}_G" + (i == 0 ? "a=T,f=100,q=2," : "") + "m=\(isLast ? 0 : 1);"
      #expect(piece.hasPrefix(head))
      let content = piece.dropFirst(head.count)
      #expect(content.count <= 4096 && (isLast || content.count % 4 == 0))
      base64 += content
    }
    #expect(try decoded(base64) == picture)
  }

  @Test func iTerm2GetsOneFile() throws {
    let text = String(decoding: try encodeITerm2(picture), as: UTF8.self)
    #expect(text.hasPrefix("\u{1B}]1337;File=inline=1;size=") && text.hasSuffix("\u{07}"))
    #expect(text.contains(";width=61px;height=47px:"))
    let base64 = try #require(text.split(separator: ":").last).dropLast()
    #expect(try decoded(String(base64)) == picture)
  }
}
