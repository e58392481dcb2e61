import EaselKit
import EaselScreen
import EaselTerminal
import EaselTestSupport
import Glibc

// A test card for terminals: a picture, a pop-up and what came in last. The tests of the terminal
// run it on a pseudo-terminal and do to it what users, shells and kernels do.
//
//   keys: arrows move the picture · p pop-up · n next picture · t theme · e run a program ·
//         z stop · c copy · x crash · q quit

if !CommandLine.arguments.contains("--unguarded") { TerminalGuard.enter() }

let supply = PictureSupply(
  indexed: { TestPictures.indexed($0.key, size: $0.size) },
  picture: { TestPictures.picture($0.key, size: $0.size) },
  sixel: TestPictures.sixel)

/// What the card shows.
struct Card {
  var size: CellSize
  var at = CellPoint(column: 4, row: 3)
  var number: Int64 = 1
  var hasPopup = false
  var last = "nothing yet"
  var count = 0

  func screen(_ capabilities: Capabilities) -> Screen {
    var screen = Screen(size: size)
    let c = capabilities
    screen.draw("test card", column: 1, row: 0, style: Style(.title))
    screen.draw(
      SafeText("\(c.graphics) \(c.colours) \(c.cell) \(size.columns)x\(size.rows)"), column: 12,
      row: 0, style: Style(.faint))
    screen.draw(SafeText("\(count): \(last)"), column: 1, row: 1)
    for row in 2..<max(2, size.rows - 1) {
      screen.draw("left 中 of it", column: 0, row: row, style: Style(.label))
      screen.draw("right of it é", column: 40, row: row, style: Style(.value))
    }
    screen.place(
      .image(ImageID(number)),
      in: CellRect(column: at.column, row: at.row, columns: 24, rows: 12))
    if hasPopup {
      let box = CellRect(column: at.column + 5, row: at.row + 3, columns: 12, rows: 4)
      screen.fill(box, style: Style(.popup))
      screen.draw("a pop-up", column: box.column + 1, row: box.row + 1, style: Style(.popupTitle))
    }
    screen.draw("q quits", column: 0, row: size.rows - 1, style: Style(.footer))
    screen.cursor = CellPoint(column: 0, row: min(1, size.rows - 1))
    return screen
  }
}

func theme(_ isDark: Bool) -> Theme {
  let ink = isDark ? RGB(230, 230, 230) : RGB(20, 20, 20)
  let paper = isDark ? RGB(24, 24, 32) : RGB(245, 245, 240)
  var looks: [Role: Theme.Look] = [:]
  for role in Role.allCases { looks[role] = Theme.Look(foreground: ink, background: paper) }
  looks[.title] = Theme.Look(foreground: RGB(255, 140, 0), background: paper, bold: true)
  looks[.popup] = Theme.Look(foreground: paper, background: RGB(90, 140, 220))
  looks[.popupTitle] = looks[.popup]
  return Theme(name: isDark ? "dark" : "light", isDark: isDark, looks: looks)
}

do {
  let session = try TerminalSession.open(TerminalOptions(theme: theme(true)), pictures: supply)
  var card = Card(size: session.size.cells)
  var isDark = true
  loop: for await event in session.events {
    card.count += 1
    card.last = "\(event)"
    switch event {
    case .resize(let size): card.size = size.cells
    case .key(let press):
      switch press.key {
      case .up: card.at.row -= 1
      case .down: card.at.row += 1
      case .left: card.at.column -= 1
      case .right: card.at.column += 1
      case .character("p"): card.hasPopup.toggle()
      case .character("n"): card.number += 1
      case .character("t"):
        isDark.toggle()
        session.use(theme(isDark))
      case .character("e"):
        let status = try await session.run("sh", ["-c", "echo from another program; exit 3"])
        card.last = "the program ended with \(status)"
      case .character("z"): await session.stop()
      case .character("c"): await session.copy("copied é")
      case .character("x"): fatalError("as asked")
      case .character("q"): break loop
      default: break
      }
    default: break
    }
    session.present(card.screen(session.capabilities))
  }
  await session.close()
  print("closed: \(session.end.map { "\($0)" } ?? "no end")")
  exit(session.end?.exitCode ?? 0)
} catch {
  print("failed: \(error)")
  exit(2)
}
