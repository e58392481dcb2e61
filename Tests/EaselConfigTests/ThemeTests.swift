import EaselConfig
import EaselKit
import EaselScreen
import Foundation
import Testing

private let shipped = ThemeLibrary(
  folders: [URL(filePath: #filePath).deletingLastPathComponent().path + "/../../themes"])

@Suite("Themes")
struct ThemeTests {
  @Test("At least five are shipped, dark and light")
  func count() throws {
    let themes = try shipped.names.map { try shipped.load($0) }
    #expect(themes.count >= 5)
    #expect(themes.contains { $0.isDark } && themes.contains { !$0.isDark })
    #expect(Set(["dark", "light", "contrast"]).isSubset(of: shipped.names))
  }

  @Test("Every role is there and can be read", arguments: shipped.names)
  func readable(_ name: String) throws {
    let theme = try shipped.load(name)
    // Frames and the open part of a bar are drawn, not read.
    let drawn: Set<Role> = [.frame, .progressOpen]
    let quiet: Set<Role> = [.faint, .label, .tab, .footer, .canvas, .frameFocused, .progressDone]
    for role in Role.allCases {
      let look = try #require(theme.looks[role], "\(role)")
      let contrast = look.foreground.contrast(with: look.background)
      let wanted = drawn.contains(role) ? 1.5 : quiet.contains(role) ? 3.0 : 4.5
      #expect(contrast >= wanted, "\(name): \(role) has \(contrast)")
    }
  }

  @Test(
    "The tile under the cursor and marked tiles differ plainly in colour", arguments: shipped.names)
  func marks(_ name: String) throws {
    let theme = try shipped.load(name)
    let cursor = try #require(theme.looks[.frameFocused]).foreground
    let marked = try #require(theme.looks[.marked]).foreground
    let apart = [
      (cursor.red, marked.red), (cursor.green, marked.green), (cursor.blue, marked.blue),
    ]
    .map { Double($0) - Double($1) }.reduce(0) { $0 + $1 * $1 }.squareRoot()
    // Two yellows of a projector's theme lay 46 apart.
    #expect(apart >= 120, "\(name): \(apart)")
  }

  @Test("A quiet line is plainly quieter than the frame under the cursor", arguments: shipped.names)
  func quietLines(_ name: String) throws {
    let theme = try shipped.load(name)
    let line = try #require(theme.looks[.frame]), cursor = try #require(theme.looks[.frameFocused])
    let ratio =
      cursor.foreground.contrast(with: cursor.background)
      / line.foreground.contrast(with: line.background)
    #expect(ratio >= 2, "\(name): \(ratio)")
  }

  @Test("The high-contrast theme is at least 7:1 wherever there is text")
  func highContrast() throws {
    let theme = try shipped.load("contrast")
    for (role, look) in theme.looks {
      #expect(look.foreground.contrast(with: look.background) >= 7, "\(role)")
    }
  }

  @Test("An unknown theme is named with the nearest one, and a path is not a name")
  func unknown() {
    let failure = #expect(throws: Failure.self) { try shipped.load("drak") }
    #expect(failure?.description.contains("'dark'") == true)
    #expect(throws: Failure.self) { try shipped.load("../themes/dark") }
    let (theme, problem) = shipped.loadOrPlain("nothing")
    #expect(theme.name == "dark" && problem != nil)
    let plain = ThemeLibrary(folders: []).loadOrPlain("dark").theme
    #expect(plain.name == "plain")
    // Keys lie on the footer's ground.
    #expect(plain.looks[.footerKey]?.foreground != plain.looks[.footer]?.background)
  }

  private static let head = "[palette]\nink = \"#fff\"\n[roles]\n"
  private static let whole =
    head
    + Role.allCases.map { "\($0.rawValue) = { ink = \"ink\", on = \"#000000\" }\n" }.joined()

  @Test(
    "A theme with a mistake says which",
    arguments: [
      ("[roles", "TOML"), (head + "text = { ink = \"ink\", on = \"#000\" }", "faint"),
      (whole + "txt = { ink = \"ink\" }", "txt"),
      (
        whole.replacingOccurrences(of: "title = { ink = \"ink\"", with: "title = { ink = \"inc\""),
        "'ink'"
      ),
      (whole.replacingOccurrences(of: "#fff", with: "#ffg"), "ink"),
      ("colour = 1\n" + whole, "colour"),
      ("", "[roles]"),
    ])
  func mistakes(_ text: String, _ named: String) {
    let failure = #expect(throws: Failure.self) { try ThemeFile.parse(text, name: "mine") }
    #expect(failure?.description.contains(named) == true, "\(String(describing: failure))")
  }

  @Test("Contrast is that of the accessibility guidelines")
  func contrast() {
    let black = RGB(0, 0, 0), white = RGB(255, 255, 255), grey = RGB(0x76, 0x76, 0x76)
    #expect(abs(black.contrast(with: white) - 21) < 1e-9)
    #expect(abs(grey.contrast(with: white) - 4.54) < 0.01)
    #expect(white.contrast(with: white) == 1)
  }
}
