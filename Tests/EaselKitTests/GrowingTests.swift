import EaselKit
import Foundation
import Testing

@Suite("Growing and blending, as data")
struct GrowingTests {
  @Test("Margins are read from sides and pixels; what is not clear says how to write it")
  func margins() throws {
    #expect(try Margins(argument: "right=32") == Margins(right: 32))
    #expect(try Margins(argument: "top=16, left=8") == Margins(left: 8, top: 16))
    #expect(try Margins(argument: "all=8,y=16") == Margins(left: 8, top: 16, right: 8, bottom: 16))
    for (text, words) in [
      ("rigt=8", "right"), ("right", "right=32"), ("right=-8", "right=32"), ("right=x", "right=32"),
      ("", "right=32"), ("right=0", "grows nothing"), ("left=99999999999999999999", "right=32"),
    ] {
      let failure = #expect(throws: Failure.self) { try Margins(argument: text) }
      #expect(
        failure?.description.contains(words) == true, "\(text): \(String(describing: failure))")
    }
  }

  @Test("A grown picture keeps its pixels and draws its border on; all around is to be painted")
  func grown() {
    var picture = Picture(width: 2, height: 2)
    picture.pixels = (0..<12).map { UInt8($0) }
    let margins = Margins(left: 1, top: 0, right: 2, bottom: 1)
    let grown = picture.grown(by: margins)
    #expect(grown.size == PixelSize(width: 5, height: 3))
    #expect(grown.cropped(to: PixelRect(x: 1, y: 0, width: 2, height: 2)) == picture)
    #expect(Array(grown.pixels[0..<3]) == [0, 1, 2] && grown.pixels.suffix(3) == [9, 10, 11])
    let ground = picture.ground(margins, mask: nil)
    let light = (0..<15).map { ground.isLight(x: $0 % 5, y: $0 / 5) }
    #expect(light.count(where: \.self) == 11)
    #expect(!light[1] && !light[2] && !light[6] && !light[7])
  }

  @Test("Requests of before read as they did, and what they are written as is unchanged")
  func oldRequests() throws {
    let old = """
      {"avoid":"","base":{"digest":"ab","strength":0.5},"count":1,"engine":"built-in","guidance":3,\
      "height":64,"model":"scenes","prompt":"(a fox)","seed":7,"steps":12,"width":64}
      """
    let request = try JSONDecoder().decode(GenerationRequest.self, from: Data(old.utf8))
    #expect(request.weighted == nil && request.blend == nil && request.base?.margins == nil)
    #expect(!request.explains)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    #expect(String(decoding: try encoder.encode(request), as: UTF8.self) == old)
  }

  @Test("Blends and margins survive in a recipe, pixels and the wish for an explanation do not")
  func newRequests() throws {
    let picture = Picture(width: 4, height: 4)
    var request = GenerationRequest(prompt: "a", seed: 1)
    request.base = BasePicture(picture, digest: "ab", strength: 1, margins: Margins(right: 8))
    request.blend = Blend(picture, digest: "cd", weight: 0.25)
    request.explains = true
    let read = try JSONDecoder().decode(
      GenerationRequest.self, from: JSONEncoder().encode(request))
    request.base?.picture = nil
    request.blend?.picture = nil
    request.explains = false
    #expect(read == request)
  }

  @Test("An explanation survives as bytes, and every cut of them is refused")
  func explanations() throws {
    let explanation = Explanation(
      columns: 3, rows: 2, steps: 2,
      words: [
        .init(
          text: "雪", map: .init([0, 0.1, 0.2, 0.3, 0.4, 0.5]),
          steps: [.init([0, 0, 0, 0, 0, 0]), .init([1, 0, 0, 0, 0, 0.5])])
      ], certainty: [0, 1, 2, 3, 4, 255], order: [0, 1, 2, 2, 1, 300])
    let bytes = explanation.encoded
    #expect(try Explanation(encoded: bytes) == explanation)
    for count in 0..<bytes.count {
      #expect(throws: Failure.self) { try Explanation(encoded: Array(bytes.prefix(count))) }
    }
    #expect(throws: Failure.self) { try Explanation(encoded: bytes + [0]) }
    #expect(abs(explanation.words[0].map.value(3) - 0.3) < 0.5 / 255 * 0.5 + 1e-6)
    #expect(bytes.count == 5 + 8 + 6 + 12 + 2 + 3 + 3 * (4 + 6))
  }
}
