import EaselApp
import EaselConfig
import EaselKit
import EaselScreen
import EaselTestSupport
import Foundation
import Testing

private let themes = ThemeLibrary(
  folders: [URL(filePath: #filePath).deletingLastPathComponent().path + "/../../themes"])

/// The smallest, the usual and a large terminal.
private let themedSizes = [CellSize(columns: 40, rows: 10)] + sizes.dropFirst()

/// Every screen and every pop-up, with wide glyphs, clusters and long words in it.
private func everyScreen(_ size: CellSize) -> [(name: String, screen: Screen)] {
  var screens: [(name: String, screen: Screen)] = []
  func add(_ name: String, _ state: AppState) { screens.append((name, render(state))) }
  func fresh(_ prompt: String = "") -> AppState {
    studio(size.columns, size.rows, prompt: prompt, pictures: 30)
  }
  add("compose-empty", studio(size.columns, size.rows))
  var state = fresh("(雪:1.3) の中の {赤い|青い} 狐 AND a 👩‍🎨 __nothing__ e\u{301}té")
  add("compose-language", state)
  press(&state, tab, tab, tab)
  add("compose-field", state)
  _ = update(
    &state,
    .problem(Failure(.modelDamaged, "雪 is damaged", hint: "look again", cause: "tensor 12")))
  add("compose-error", state)
  let painting = paintingStudio(size.columns, size.rows)
  add("compose-painting", painting)
  for (name, keys) in [
    ("help", [KeyPress(.function(1))]), ("palette", [alt("x")]), ("recall", [control("r")]),
    ("queue", [alt("q")]), ("export", [escape, letter("e")]),
    ("versions", [escape, letter("L")]), ("viewer", [escape, enter]),
    ("mask", [escape, letter("m"), letter(" ")]), ("grow", [escape, letter("o"), letter("+")]),
  ] {
    state = painting
    for key in keys { press(&state, key) }
    add(name, state)
  }
  state = fresh()
  press(&state, escape, letter("2"), letter(" "), letter("l"), letter("i"))
  add("gallery", state)
  for (name, keys) in [
    ("gallery-filter", [letter("/"), letter("雪")]), ("gallery-tags", [letter("t"), letter("雪")]),
    ("gallery-searches", [letter("S")]), ("gallery-rated", [letter("3"), letter("R")]),
    ("compare", [letter("c")]), ("compare-wipe", [letter("c"), letter("w")]),
    ("viewer-recipe", [enter, letter("i")]),
  ] {
    var there = state
    for key in keys { press(&there, key) }
    add(name, there)
  }
  for (name, digit) in [("models", "3"), ("train", "4"), ("settings", "5")] {
    state = fresh()
    press(&state, escape, letter(Character(digit)))
    _ = update(&state, .trainingLoaded(TrainingNews(report: nil)))
    add(name, state)
  }
  state = fresh()
  press(&state, escape, letter("5"), enter)
  add("settings-typing", state)
  press(&state, escape, letter("K"))
  add("keys", state)
  return screens
}

/// How a cell looks in a theme, as the terminal resolves it.
private func look(_ style: Style, _ theme: Theme) throws -> Theme.Look {
  var look = try #require(theme.looks[style.role])
  if let ground = style.ground { look.background = try #require(theme.looks[ground]).background }
  return look
}

/// A line for each screen: a digest of what stands in every cell and in which colours. What a screen looks like
/// is in its own snapshot; here it is known in every theme that it still does.
@Test(arguments: themes.names)
func everyScreenInEveryTheme(_ name: String) throws {
  let theme = try themes.load(name)
  var lines = ""
  for size in themedSizes {
    for (what, screen) in everyScreen(size) {
      // FNV-1a.
      var digest: UInt64 = 0xCBF2_9CE4_8422_2325
      func mix(_ text: String) {
        for byte in text.utf8 { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
      }
      for row in 0..<size.rows {
        for column in 0..<size.columns {
          let cell = screen[column, row]
          let look = try look(cell.style, theme)
          mix("\(cell.content)\u{0}\(look.foreground)\(look.background)")
          mix("\(look.isBold || cell.style.isBold)\(cell.style.isReversed)")
        }
      }
      for picture in screen.pictures { mix("\(picture)") }
      let hex = String(digest, radix: 16)
      lines += "\(what)-\(size.columns)x\(size.rows) \(hex)\n"
    }
  }
  let folder = URL(filePath: #filePath).deletingLastPathComponent().path
  expectStored(lines, at: "\(folder)/Snapshots/themes/\(name).txt")
}

/// On every screen, whatever lies on whatever: words that are read have a contrast of 4.5, quiet ones of 3.
@Test(arguments: themes.names)
func everyWordCanBeReadInEveryTheme(_ name: String) throws {
  let theme = try themes.load(name)
  let drawn: Set<Role> = [.frame, .frameFocused, .progressOpen, .progressDone, .canvas]
  let quiet: Set<Role> = [.faint, .label, .tab, .footer]
  var seen: Set<Style> = []
  for size in themedSizes {
    for (what, screen) in everyScreen(size) {
      for row in 0..<size.rows {
        for column in 0..<size.columns {
          let style = screen[column, row].style
          guard screen[column, row].content != .glyph(" ", width: 1), !drawn.contains(style.role),
            seen.insert(style).inserted
          else { continue }
          let look = try look(style, theme)
          let contrast = look.foreground.contrast(with: look.background)
          #expect(
            contrast >= (quiet.contains(style.role) ? 3 : 4.5),
            "\(what): \(style.role) on \(style.ground ?? style.role) has \(contrast)")
        }
      }
    }
  }
}
