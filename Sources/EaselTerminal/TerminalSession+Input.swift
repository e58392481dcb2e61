import CScreen
import EaselKit
import EaselScreen
import Glibc
import Synchronization

extension TerminalSession {
  /// How long a lone ESC may wait for the rest of a sequence.
  private static let escapeNanoseconds: UInt64 = 30_000_000

  /// The descriptor has bytes, or the terminal is gone.
  func readInput() {
    var buffer = [UInt8](repeating: 0, count: 16_384)
    let count = cs_pty_read(options.input, &buffer, buffer.count, 0)
    if count < 0 {
      thread.unwatch(options.input)
      finish(.hangUp)
      return
    }
    guard count > 0 else { return }
    var items = decoder.feed(buffer.prefix(count))
    if count < buffer.count { items += decoder.endOfRead() }
    take(items)
    escapeDeadline = decoder.isWaiting ? TerminalThread.now() + Self.escapeNanoseconds : nil
  }

  func expireEscape() {
    guard let escapeDeadline, TerminalThread.now() >= escapeDeadline else { return }
    self.escapeDeadline = nil
    take(decoder.timeout())
  }

  private func take(_ items: [InputDecoder.Output]) {
    for item in items {
      switch item {
      case .event(let event): continuation.yield(event)
      case .report(.cell(let cell)): takeCell(cell)
      case .report: break
      }
    }
  }

  func watchInput() {
    thread.watch(options.input) { [weak self] in self?.assumeIsolated { $0.readInput() } }
  }

  // MARK: Size

  /// The window changed: as many cells and pixels as the system says now. The size of a cell may
  /// have changed with them (a zoom), so ask again where the terminal answers.
  func resized() {
    guard isOnScreen else { return }
    let window = Startup.windowSize(options.output)
    var size = size
    if tellsCell {
      awaitsCell = write(Array("\u{1B}[16t".utf8))
    } else if capabilities.isCellSizeKnown,
      let cell = Probe.cell(textArea: nil, window: window, name: capabilities.name)
    {
      painter.cell = cell
      size.cellWidth = cell.width
      size.cellHeight = cell.height
    }
    size.cells = window.cells
    if size != self.size { apply(size) }
  }

  /// A new size of one cell, as the terminal itself says.
  private func takeCell(_ cell: PixelSize) {
    awaitsCell = false
    guard cell.width > 0, cell.height > 0, cell.width < 1000, cell.height < 1000,
      cell != painter.cell
    else {
      thread.wake()
      return
    }
    painter.cell = cell
    var size = size
    size.cellWidth = cell.width
    size.cellHeight = cell.height
    apply(size)
  }

  private func apply(_ size: TerminalSize) {
    shared.withLock { $0.size = size }
    if isOnScreen {
      canvas.resize(size.cells)
      plan.forget(size: size.cells)
      pieces = []
      // Until the studio has laid itself out anew, the old frame fills what it can.
      if let screen { draw(screen) }
    }
    continuation.yield(.resize(size))
  }
}
