import EaselKit
import Foundation
import Testing

@Suite struct BasePictureTests {
  private let white = Picture(width: 2, height: 1, red: 255, green: 255, blue: 255)
  private let black = Picture(width: 2, height: 1)

  @Test func lightPixelsAreReplacedAndDarkOnesStay() {
    // 127 is dark and 128 is light, whatever the channel.
    let mask = Picture(width: 2, height: 1, pixels: [127, 127, 127, 128, 128, 128])
    #expect(white.replaced(by: black, where: mask).pixels == [255, 255, 255, 0, 0, 0])
    #expect(mask.isLight(x: 1, y: 0) && !mask.isLight(x: 0, y: 0))
  }

  @Test func recipesNameTheBaseAndLeaveItsPixelsOut() throws {
    var request = GenerationRequest(prompt: "a fox", seed: 1)
    let plain = try JSONEncoder().encode(request)
    #expect(!String(decoding: plain, as: UTF8.self).contains("base"))
    request.base = BasePicture(
      white, digest: "ab12", mask: black, maskDigest: "cd34", strength: 0.5)
    let text = String(decoding: try JSONEncoder().encode(request), as: UTF8.self)
    #expect(text.contains("ab12") && text.contains("cd34") && !text.contains("pixels"))
    let read = try JSONDecoder().decode(GenerationRequest.self, from: Data(text.utf8))
    #expect(read.base?.digest == "ab12" && read.base?.strength == 0.5)
    #expect(read.base?.picture == nil && read.base?.mask == nil)
    // What was written before pictures could have a base is read as before.
    #expect(try JSONDecoder().decode(GenerationRequest.self, from: plain).base == nil)
  }
}
