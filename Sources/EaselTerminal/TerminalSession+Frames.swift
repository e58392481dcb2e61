import CScreen
import EaselKit
import EaselScreen
import Glibc
import Synchronization

extension TerminalSession {
  /// Bytes of pictures sent before looking again for keys and newer frames.
  private static let burst = 128 * 1024

  /// One round of the thread: late escapes, the newest frame, the next pieces of pictures.
  func turn() -> TerminalThread.Pause {
    expireEscape()
    guard isOnScreen, !isClosed else { return pause }
    // Taken together: a frame that was laid out for a new size is not drawn in the old one.
    let (frame, theme, number, mayHaveNewSize) = shared.withLock { s in
      defer {
        s.frame = nil
        s.theme = nil
        s.mayHaveNewSize = false
      }
      return (s.frame, s.theme, s.presented, s.mayHaveNewSize)
    }
    if mayHaveNewSize { resized() }
    if let theme {
      canvas.use(theme)
      colourCursor()
      forgetScreen()
    }
    if let frame {
      frameNumber = number
      draw(frame)
    } else if theme != nil, let screen {
      draw(screen)
    }
    if !pieces.isEmpty { paint() }
    if pieces.isEmpty { announce() }
    return pieces.isEmpty ? pause : .none
  }

  private var pause: TerminalThread.Pause { escapeDeadline.map { .until($0) } ?? .forever }

  func forgetScreen() {
    if isOnScreen { _ = write(kitty.removeAll()) }
    canvas.forget()
    plan.forget(size: canvas.size)
    pieces = []
  }

  /// The cursor in the theme's ink, where the terminal knows colours of its own: a light cursor could not be seen on
  /// a light theme. Whoever answers what its ground is knows the cursor's too (xterm's OSC 11 and 12).
  func colourCursor() {
    guard capabilities.background != nil, capabilities.colours > .eight else { return }
    let ink = canvas.ink
    let hex = [ink.red, ink.green, ink.blue].map { channel in
      let digits = String(channel, radix: 16)
      return digits.count < 2 ? "0" + digits : digits
    }
    _ = write(Array("\u{1B}]12;#\(hex.joined())\u{1B}\\".utf8))
  }

  private var isCursorShown: Bool {
    guard let cursor = screen?.cursor else { return false }
    return (0..<canvas.size.rows).contains(cursor.row)
      && (0..<canvas.size.columns).contains(cursor.column)
  }

  /// Cells first, then the pieces of pictures that the cells wiped or that changed.
  func draw(_ screen: Screen) {
    self.screen = screen
    beginFrame()
    // The curses library writes when its buffer is full, not only when it is told to.
    tell("cells")
    let changed = canvas.put(screen)
    plan.curses(changed: changed) { canvas.tokens[$0] == .placeholder }
    // What lies over cells that are written goes as a whole, and comes back around them.
    var gone: [UInt8] = []
    for rect in kitty.remove(under: { !plan.isIntact($0) }, &gone) { plan.lose(rect) }
    names = screen.pictures.map(name)
    choose()
    if let cursor = screen.cursor, isCursorShown {
      cs_cursor(Int32(cursor.row), Int32(cursor.column))
    } else {
      cs_cursor(-1, -1)
    }
    cs_flush()
    tell("written")
    if !gone.isEmpty { _ = write(gone) }
    // Pieces that follow belong to the same frame.
    if pieces.isEmpty { endFrame() }
  }

  /// What the slots can show now, what is to be sent for it, and which loads begin or end.
  private func choose() {
    guard let screen, painter.graphics != .none else { return }
    hasLosses = false
    for number in shelf.loadsToCancel(names) { loads.removeValue(forKey: number)?.cancel() }
    let choices = shelf.choices(names)
    var wanted = plan.pieces(for: screen, choices: choices, origin: shelf.origin)
    if painter.graphics == .sixel { wanted = plan.joined(wanted, on: screen, choices: choices) }
    pieces =
      wanted.flatMap { piece in
        painter.strips(piece, piece.picture.flatMap { shelf.picture($0) })
      }[...]
    shelf.tidy(names, shown: choices)
    for (number, name) in shelf.loadsToStart(names) { load(number, name) }
  }

  private func name(_ slot: Screen.PictureSlot) -> PictureShelf.Name {
    let cells = CellSize(columns: slot.frame.columns, rows: slot.frame.rows)
    let size =
      painter.graphics.isPixels
      ? PixelSize(
        width: cells.columns * painter.cell.width, height: cells.rows * painter.cell.height)
      : PixelSize(
        width: cells.columns * SymbolGrid.pixelsPerCell.width,
        height: cells.rows * SymbolGrid.pixelsPerCell.height)
    var request = PictureRequest(
      key: slot.key, part: slot.part, size: size, background: canvas.pictureBackground,
      colours: capabilities.colourRegisters, bandHeight: bandHeight(slot.key))
    if !painter.graphics.isPixels { request.slack = slack(size) }
    return PictureShelf.Name(key: slot.key, cells: cells, request: request)
  }

  /// A cell, and what a frame of real cells differs from one of `SymbolGrid`'s, which are twice as high as wide: the
  /// screen fits pictures to the real ones.
  private func slack(_ size: PixelSize) -> PixelSize {
    let own = SymbolGrid.pixelsPerCell, cell = painter.cell
    let wide = size.width * abs(own.width * cell.height - cell.width * own.height)
    let high = size.height * abs(own.width * cell.height - cell.width * own.height)
    return PixelSize(
      width: own.width + wide / max(1, own.width * cell.height),
      height: own.height + high / max(1, cell.width * own.height))
  }

  /// Rows of a finished picture that have a palette of their own, where the terminal takes so many colours without
  /// cost: whole cells, about as high as pays.
  private func bandHeight(_ key: PictureKey) -> Int? {
    guard painter.graphics == .sixel, capabilities.takesManyColours else { return nil }
    switch key {
    case .image, .result:
      return Capabilities.bandHeight(cell: painter.cell)
    case .preview, .thumbnail, .heat, .training, .composed: return nil
    }
  }

  // MARK: Loading

  /// Loads and encodes away from this thread; the news comes back to it.
  private func load(_ number: Int, _ name: PictureShelf.Name) {
    let supply = supply, graphics = painter.graphics, cell = painter.cell
    let symbols = capabilities.symbols
    let predecessor = graphics == .sixel ? shelf.predecessor(of: name) : nil
    loads[number] = Task.detached(priority: .userInitiated) { [weak self] in
      var origins: [Int]?
      let picture =
        switch graphics {
        case .sixel: await Self.sixel(number, name, cell, supply, predecessor, &origins)
        case .kitty, .iterm2: await Self.files(name, cell, supply)
        case .blocks, .shades, .none: await Self.blocks(name.request, symbols, supply)
        }
      if !Task.isCancelled { await self?.loaded(number, picture, origins) }
    }
  }

  private static func sixel(
    _ number: Int, _ name: PictureShelf.Name, _ cell: PixelSize, _ supply: PictureSupply,
    _ predecessor: Predecessor?, _ origins: inout [Int]?
  ) async -> PreparedPicture? {
    let size = name.request.size, cells = name.cells
    guard let indexed = await supply.indexed(name.request), indexed.width == size.width,
      indexed.height == size.height,
      indexed.palettes.count == 1 || indexed.bandHeight % cell.height == 0
    else { return nil }
    let found = predecessor?.origins(of: indexed, number: number, cells: cells, cell: cell)
    origins = found
    let rows = indexed.palettes.count > 1 ? indexed.bandHeight / cell.height : nil
    return strips(name, cell, rows) { rect in
      // Of a band that changed in part, pieces will be sent.
      let top = rect.y / cell.height, rows = rect.height / cell.height
      let band = found?[(top * cells.columns)..<((top + rows) * cells.columns)]
      if let band, band.count(where: { $0 == number }) * 2 < band.count { return [] }
      return supply.sixel(indexed, rect)
    }.map { .sixel(indexed, strips: $0.strips, rowsPerStrip: $0.rows) }
  }

  private static func files(
    _ name: PictureShelf.Name, _ cell: PixelSize, _ supply: PictureSupply
  ) async -> PreparedPicture? {
    guard let picture = await supply.picture(name.request), picture.size == name.request.size
    else { return nil }
    return strips(name, cell) { supply.file(picture, $0) }
      .map { .files(picture, strips: $0.strips, rowsPerStrip: $0.rows) }
  }

  /// Bands over the whole width, encoded one by one; nil when one cannot be, or nobody waits any more.
  private static func strips(
    _ name: PictureShelf.Name, _ cell: PixelSize, _ rows: Int? = nil,
    _ encode: (PixelRect) -> [UInt8]?
  ) -> (strips: [[UInt8]], rows: Int)? {
    let rows =
      rows
      ?? PicturePainter.rowsPerStrip(name.key, columns: name.cells.columns, cell: cell)
    var strips: [[UInt8]] = []
    for top in stride(from: 0, to: name.cells.rows, by: rows) {
      let rect = PixelRect(
        x: 0, y: top * cell.height, width: name.request.size.width,
        height: min(rows, name.cells.rows - top) * cell.height)
      guard !Task.isCancelled, let strip = encode(rect) else { return nil }
      strips.append(strip)
    }
    return (strips, rows)
  }

  private static func blocks(
    _ request: PictureRequest, _ symbols: SymbolGrid.Repertoire, _ supply: PictureSupply
  ) async -> PreparedPicture? {
    guard let picture = await supply.picture(request), picture.size == request.size else {
      return nil
    }
    return .blocks(SymbolGrid(picture, symbols))
  }

  private func loaded(_ number: Int, _ picture: PreparedPicture?, _ origins: [Int]?) {
    loads[number] = nil
    shelf.loaded(number, picture, origins: origins)
    guard isOnScreen, !isClosed else { return }
    choose()
  }

  // MARK: Painting

  /// Sends pieces until they are done, a key waits, or the burst is used up.
  private func paint() {
    beginFrame()
    // A terminal may blink its cursor where a piece begins, and wipe that cell of the picture when it
    // takes the cursor away again.
    let showsCursor = isCursorShown
    if showsCursor { _ = write(Array("\u{1B}[?25l".utf8)) }
    var budget = Self.burst
    while let piece = pieces.popFirst() {
      let picture = piece.picture.flatMap { shelf.picture($0) }
      // A picture that left the shelf meanwhile: the next choice of pieces knows.
      if piece.picture != nil, picture == nil { continue }
      var gone: [CellRect] = []
      var bytes = painter.bytes(
        piece, picture, background: canvas.pictureBackground, kitty: &kitty, lost: &gone)
      if capabilities.widensPictures, picture != nil { bytes += beside(piece, &gone) }
      guard write(bytes) else {
        pieces = []
        break
      }
      for rect in gone { plan.lose(rect) }
      if !gone.isEmpty { hasLosses = true }
      plan.drew(piece, origin: shelf.origin)
      budget -= bytes.count
      if budget <= 0 || isInputWaiting { break }
    }
    if showsCursor { _ = write(Array("\u{1B}[?25h".utf8)) }
    endFrame()
    // Pictures that went with others are sent once more, also those of an earlier burst.
    if hasLosses, pieces.isEmpty { choose() }
  }

  /// Writes the cells right of a piece once more, for terminals that wipe them; `gone`: those of other pictures.
  private func beside(_ piece: PicturePlan.Piece, _ gone: inout [CellRect]) -> [UInt8] {
    var bytes: [UInt8] = [0x1B, 0x37]
    let column = piece.at.column + piece.part.columns
    guard column < canvas.size.columns else { return [] }
    for row in piece.at.row..<(piece.at.row + piece.part.rows) {
      if let cell = canvas.direct(column: column, row: row) {
        bytes += cell
      } else {
        gone.append(CellRect(column: column, row: row, columns: 1, rows: 1))
      }
    }
    return bytes + [0x1B, 0x38]
  }

  private var isInputWaiting: Bool {
    var fd = pollfd(fd: options.input, events: Int16(POLLIN), revents: 0)
    return poll(&fd, 1, 0) > 0
  }

  /// Holds the terminal's display back until `endFrame`, where it can.
  private func beginFrame() {
    guard capabilities.hasSynchronizedOutput, !isSynchronized else { return }
    isSynchronized = true
    _ = write(Array("\u{1B}[?2026h".utf8))
  }

  private func endFrame() {
    guard isSynchronized else { return }
    isSynchronized = false
    _ = write(Array("\u{1B}[?2026l".utf8))
  }

  @discardableResult
  func write(_ bytes: [UInt8]) -> Bool { cs_write_all(options.output, bytes, bytes.count) }

  /// Tells a test that everything presented so far is on the screen.
  private func announce() {
    guard options.announcesIdle, frameNumber > announced, !shelf.isLoading, !awaitsCell
    else { return }
    announced = frameNumber
    tell("idle;\(announced)")
  }

  private func tell(_ what: String) {
    guard options.announcesIdle else { return }
    write(Array("\u{1B}]7770;\(what)\u{1B}\\".utf8))
  }
}
