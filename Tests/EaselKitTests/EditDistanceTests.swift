import EaselKit
import Testing

@Suite struct EditDistanceTests {
  @Test(arguments: [
    ("fox", "fox", 0), ("FOX", "fox", 0), ("fxo", "fox", 1), ("fo", "fox", 1), ("foxy", "fox", 1),
    ("fax", "fox", 1), ("", "fox", 3), ("fox", "", 3), ("ca", "abc", 3), ("pengiun", "penguin", 1),
    ("größe", "grosse", 3), ("kitten", "sitting", 3),
  ])
  func aWordIsFoundWithinItsDistanceAndNotBelow(a: String, b: String, distance: Int) {
    #expect(nearest(to: a, among: [b], within: distance) == b)
    #expect(nearest(to: a, among: [b], within: distance - 1) == nil)
    #expect(nearest(to: b, among: [a], within: distance) == a)
    #expect(nearest(to: b, among: [a], within: distance - 1) == nil)
  }

  @Test func theNearestIsFoundAndTheFirstOfEquals() {
    let words = ["castle", "cat", "car", "cart", "rocket", "boat"]
    #expect(nearest(to: "catr", among: words, within: 3) == "cat")
    #expect(nearest(to: "cra", among: words, within: 2) == "car")
    #expect(nearest(to: "cax", among: words, within: 1) == "cat")
    #expect(nearest(to: "rokcet", among: words, within: 1) == "rocket")
    #expect(nearest(to: "umbrella", among: words, within: 2) == nil)
    #expect(nearest(to: "cat", among: [String](), within: 9) == nil)
  }
}
