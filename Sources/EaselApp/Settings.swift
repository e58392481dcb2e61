public import EaselKit
public import EaselScreen

/// What the user prefers, kept in `config.toml`. Every row of the Settings screen, the file and the
/// command line come from `SettingKey`.
public struct Settings: Hashable, Sendable {
  public var theme = "dark"
  public var graphics = Graphics.auto
  public var quality = Quality.auto
  public var engine = "built-in"
  public var model = "scenes"
  public var size = PixelSize(width: 256, height: 256)
  public var steps = 12
  public var guidance = 3.0
  public var count = 1
  public var exportFolder = "."
  public var exportFormat = ExportRequest.Format.png
  public var exportName = "{id}-{prompt}"
  public init() {}

  /// How pictures reach the terminal.
  public enum Graphics: String, Hashable, Sendable, CaseIterable {
    case auto, sixel, kitty, iterm2
    /// Quarters of cells.
    case blocks
    /// Halves of cells, for fonts that have no more.
    case halves
    /// Sixths of cells, for fonts that have them.
    case sextants

    /// The block elements that pictures are made of; nil where that is not asked for.
    public var symbols: SymbolGrid.Repertoire? {
      switch self {
      case .blocks: .quadrants
      case .halves: .halves
      case .sextants: .sextants
      case .auto, .sixel, .kitty, .iterm2: nil
      }
    }
  }
}

extension Settings {
  /// How many colours finished pictures have where a terminal takes them as sixel.
  public enum Quality: String, Hashable, Sendable, CaseIterable {
    /// `high` for terminals that are known to take it without cost.
    case auto
    /// One palette for a picture.
    case standard
    /// A palette for every few rows.
    case high
  }
}

/// One setting: its name in the file, what it does, and what it accepts.
public enum SettingKey: String, Hashable, Sendable, CaseIterable {
  case theme, graphics, quality, engine, model, size, steps, guidance, count
  case exportFolder = "export-folder"
  case exportFormat = "export-format"
  case exportName = "export-name"

  public static let ranges = (steps: 1...256, guidance: 0.0...30.0, count: 1...64, side: 16...4096)

  public var title: String {
    switch self {
    case .theme: "Theme"
    case .graphics: "Graphics"
    case .quality: "Quality"
    case .engine: "Engine"
    case .model: "Model"
    case .size: "Size"
    case .steps: "Steps"
    case .guidance: "Guidance"
    case .count: "Count"
    case .exportFolder: "Export folder"
    case .exportFormat: "Export format"
    case .exportName: "Export name"
    }
  }

  /// One sentence for the screen, the file's comments and the command line.
  public var help: String {
    switch self {
    case .theme: "Colours of the studio; changes while you choose."
    case .graphics: "How pictures are shown; auto asks the terminal. From the next start."
    case .quality: "Colours of sixels; high nears true colour, slow in xterm. From the next start."
    case .engine: "Who paints when Compose opens."
    case .model: "The model of a new painting."
    case .size: "Pixels of a new painting, width x height."
    case .steps: "Steps of the sampler: more is finer and slower."
    case .guidance: "How strictly the prompt is followed; 1 is not at all, 2 to 4 suits built-in."
    case .count: "Pictures of one painting."
    case .exportFolder: "Where exported pictures go; ~ is your home folder."
    case .exportFormat: "png keeps every pixel; jpeg and webp are smaller."
    case .exportName: "Name of an exported file: {id} {seed} {prompt} {date} {model}."
    }
  }

  /// What is accepted, in words.
  public var accepts: String {
    switch self {
    case .theme: "a theme's name"
    case .graphics: Settings.Graphics.allCases.map(\.rawValue).joined(separator: ", ")
    case .quality: Settings.Quality.allCases.map(\.rawValue).joined(separator: ", ")
    case .engine: "an engine's name"
    case .model: "a model's name"
    case .size: "WIDTHxHEIGHT, each 16 to 4096"
    case .steps: "1 to 256"
    case .guidance: "0 to 30"
    case .count: "1 to 64"
    case .exportFolder: "a folder"
    case .exportFormat: ExportRequest.Format.allCases.map(\.rawValue).joined(separator: ", ")
    case .exportName: "text without /"
    }
  }

  public var defaultText: String { Settings()[self] }
}

extension Settings {
  /// A setting as text, as it stands in the file.
  public subscript(key: SettingKey) -> String {
    switch key {
    case .theme: theme
    case .graphics: graphics.rawValue
    case .quality: quality.rawValue
    case .engine: engine
    case .model: model
    case .size: size.description
    case .steps: String(steps)
    case .guidance: shortDecimal(guidance)
    case .count: String(count)
    case .exportFolder: exportFolder
    case .exportFormat: exportFormat.rawValue
    case .exportName: exportName
    }
  }

  /// Sets a setting from text; the failure names the setting, what it got and what it accepts.
  /// Names of themes, engines and models are checked by whoever knows them.
  public mutating func set(_ key: SettingKey, _ text: String) throws(Failure) {
    func refuse() -> Failure {
      Failure(
        .badInput, "\(key.rawValue) cannot be '\(text)'", hint: "it takes \(key.accepts)")
    }
    func whole(_ range: ClosedRange<Int>) throws(Failure) -> Int {
      guard let n = Int(text), range.contains(n) else { throw refuse() }
      return n
    }
    func filled() throws(Failure) -> String {
      guard !text.isEmpty else { throw refuse() }
      return text
    }
    switch key {
    case .theme: theme = try filled()
    case .graphics:
      guard let value = Graphics(rawValue: text) else {
        throw Failure.unknown("graphics", text, known: Graphics.allCases.map(\.rawValue))
      }
      graphics = value
    case .quality:
      guard let value = Quality(rawValue: text) else {
        throw Failure.unknown("quality", text, known: Quality.allCases.map(\.rawValue))
      }
      quality = value
    case .engine: engine = try filled()
    case .model: model = try filled()
    case .size:
      guard let value = PixelSize(typed: text) else { throw refuse() }
      size = value
    case .steps: steps = try whole(SettingKey.ranges.steps)
    case .guidance:
      guard let n = Double(text), SettingKey.ranges.guidance.contains(n) else { throw refuse() }
      guidance = n
    case .count: count = try whole(SettingKey.ranges.count)
    case .exportFolder: exportFolder = try filled()
    case .exportFormat:
      guard let value = ExportRequest.Format(rawValue: text == "jpg" ? "jpeg" : text) else {
        throw Failure.unknown(
          "export format", text, known: ExportRequest.Format.allCases.map(\.rawValue))
      }
      exportFormat = value
    case .exportName:
      guard !text.isEmpty, !text.contains("/") else { throw refuse() }
      exportName = text
    }
  }
}

extension PixelSize {
  /// `64x48`, `64 × 48` or `64`; nil when it is not a size or a side is not 16...4096.
  public init?(typed text: String) {
    let parts = text.lowercased().split { "x×* ".contains($0) }.map { Int($0) }
    guard parts.count == 1 || parts.count == 2, let width = parts[0],
      let height = parts[parts.count - 1]
    else { return nil }
    let sides = SettingKey.ranges.side
    guard sides.contains(width), sides.contains(height) else { return nil }
    self.init(width: width, height: height)
  }
}

/// `3`, `3.5`, `0.25`: at most two decimals, none that are not needed.
func shortDecimal(_ x: Double) -> String {
  guard x.isFinite, abs(x) < 1e15 else { return "?" }
  let hundredths = Int((abs(x) * 100).rounded())
  let sign = x < 0 && hundredths > 0 ? "-" : ""
  let whole = hundredths / 100, rest = hundredths % 100
  if rest == 0 { return "\(sign)\(whole)" }
  if rest % 10 == 0 { return "\(sign)\(whole).\(rest / 10)" }
  return "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
}
