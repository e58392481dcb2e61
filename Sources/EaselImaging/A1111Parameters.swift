public import EaselKit
import FoundationEssentials

/// The `parameters` text of AUTOMATIC1111's web interface, which most tools read:
///
/// ```
/// a red fox, snow
/// second line of the prompt
/// Negative prompt: blurry
/// Steps: 12, CFG scale: 3, Seed: 7, Size: 64x64, Model hash: 0123456789, Model: scenes
/// ```
///
/// The grammar cannot say everything: a line of a prompt that begins with `Negative prompt:` is
/// read as one. Easel's own JSON beside it is exact.
public struct A1111Parameters: Hashable, Sendable {
  public struct Setting: Hashable, Sendable {
    public var key: String
    public var value: String
    public init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }
  public var prompt: String
  /// Empty when there is none.
  public var negativePrompt: String
  /// In the order of the text.
  public var settings: [Setting]

  public init(prompt: String, negativePrompt: String = "", settings: [Setting] = []) {
    self.prompt = prompt
    self.negativePrompt = negativePrompt
    self.settings = settings
  }

  /// The first value called `key`, whatever its case.
  public subscript(key: String) -> String? {
    let key = key.lowercased()
    return settings.first { $0.key.lowercased() == key }?.value
  }

  /// What a recipe says in this grammar. `size` is the size of the picture itself.
  public init(_ recipe: Recipe, size: PixelSize) {
    let request = recipe.request
    prompt = request.prompt
    negativePrompt = request.avoid
    settings = [
      Setting("Steps", "\(request.steps)"),
      Setting("CFG scale", shortNumber(request.guidance)),
      Setting("Seed", "\(recipe.seed)"),
      Setting("Size", "\(size.width)x\(size.height)"),
    ]
    if !recipe.modelDigest.isEmpty {
      settings.append(Setting("Model hash", String(recipe.modelDigest.prefix(10))))
    }
    settings.append(Setting("Model", request.model))
    if let base = request.base {
      settings.append(Setting("Denoising strength", shortNumber(base.strength)))
    }
    settings.append(Setting("Version", "Easel \(recipe.version)"))
  }

  // MARK: Writing

  /// The text. Values with a comma, colon, quote or line break are written as JSON strings.
  public var text: String {
    var lines = [lineFeedsOnly(prompt)]
    if !negativePrompt.isEmpty { lines.append("Negative prompt: " + lineFeedsOnly(negativePrompt)) }
    if !settings.isEmpty {
      lines.append(settings.map { "\($0.key): \(quoted($0.value))" }.joined(separator: ", "))
    }
    return lines.joined(separator: "\n")
  }
}

/// 3 for 3.0 and 2.5 for 2.5.
func shortNumber(_ value: Double) -> String {
  if let whole = Int(exactly: value) { return "\(whole)" }
  return "\(value)"
}

/// CR LF and CR become LF. (In Swift CR LF is one character that a split at LF would miss.)
func lineFeedsOnly(_ text: String) -> String {
  var out = String.UnicodeScalarView()
  var previous: Unicode.Scalar?
  for scalar in text.unicodeScalars {
    if scalar == "\r" {
      out.append("\n")
    } else if !(scalar == "\n" && previous == "\r") {
      out.append(scalar)
    }
    previous = scalar
  }
  return String(out)
}

private func quoted(_ value: String) -> String {
  let needsQuotes = value.unicodeScalars.contains { [",", ":", "\n", "\r", "\""].contains($0) }
  guard needsQuotes else { return value }
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.withoutEscapingSlashes]
  guard let json = try? encoder.encode(value) else { return value }
  return String(decoding: json, as: UTF8.self)
}
