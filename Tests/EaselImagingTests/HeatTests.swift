import EaselImaging
import EaselKit
import Glibc
import Testing

@Suite("Maps over pictures")
struct HeatTests {
  @Test("The colours' lightness rises evenly with the value")
  func lightness() {
    func lightness(_ value: Double) -> Double {
      let c = HeatColours.colour(value)
      let linear = [c.red, c.green, c.blue].map { byte -> Double in
        let x = Double(byte) / 255
        return x <= 0.04045 ? x / 12.92 : pow((x + 0.055) / 1.055, 2.4)
      }
      let y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
      return y > 0.008856 ? 116 * pow(y, 1 / 3) - 16 : 903.3 * y
    }
    let steps = (0...10).map { lightness(Double($0) / 10) }
    #expect(steps[0] < 15 && steps[10] > 88, "\(steps)")
    for (a, b) in zip(steps, steps.dropFirst()) { #expect(b - a > 4 && b - a < 12, "\(steps)") }
    #expect(HeatColours.colour(-3) == HeatColours.colour(0))
    #expect(HeatColours.colour(7) == HeatColours.colour(1))
  }

  @Test("A map is light where its cell is, between cells it changes gently")
  func heated() {
    let picture = Picture(width: 16, height: 8, red: 100, green: 100, blue: 100)
    let heated = picture.heated([0, 1], columns: 2)
    func light(_ x: Int) -> Int {
      (0..<3).reduce(0) { $0 + Int(heated.pixels[(3 * 16 + x) * 3 + $1]) }
    }
    #expect(light(2) < light(8) && light(8) < light(13))
    #expect((0..<15).allSatisfy { light($0 + 1) - light($0) < 120 })
    #expect(picture.heated([], columns: 0) == picture)
  }

  @Test("The sheet has the picture and every map, or the maps asked for")
  func sheet() {
    let map = Explanation.HeatMap([0, 0.2, 0.1, 0])
    let explanation = Explanation(
      columns: 2, rows: 2, steps: 3,
      words: [
        .init(text: "fox", map: map, steps: [map, map, map]),
        .init(text: "雪", map: map, steps: [map, map, map]),
      ], certainty: [1, 2, 3, 4], order: [1, 2, 3, 3])
    let picture = Picture(width: 64, height: 32, red: 200)
    #expect(explanation.maps.count == 4)
    #expect(
      explanation.label(.word(0)).name == "fox" && explanation.label(.word(0)).scale == "20.0%")
    let all = explanationSheet(picture, explanation)
    let one = explanationSheet(picture, explanation, maps: [.word(0)])
    #expect(all.width == 8 + 3 * 200 && all.height == 8 + 2 * (96 + 24 + 8))
    #expect(one.width == 8 + 2 * 200)
    // Labels are written: there is dark ink below the pictures.
    let below = one.cropped(to: PixelRect(x: 208, y: 104, width: 192, height: 24))
    let ink = below?.pixels.count(where: { $0 == 40 }) ?? 0
    #expect(ink > 300)
  }
}
