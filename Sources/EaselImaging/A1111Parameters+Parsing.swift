public import EaselKit
import FoundationEssentials

extension A1111Parameters {
  /// Reads a `parameters` text. Any text is accepted: one without settings is a prompt.
  ///
  /// The last line holds the settings if at least three `key: value` pairs are found in it; else it
  /// belongs to the prompt. A line that begins with `Negative prompt:` begins the negative prompt.
  public init(parsing text: String) {
    var lines = trimmed(lineFeedsOnly(text))
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var settings: [Setting] = []
    if let last = lines.last {
      settings = pairs(in: last)
      if settings.count >= 3 { lines.removeLast() } else { settings = [] }
    }
    var prompt: [String] = []
    var negative: [String] = []
    var isNegative = false
    for line in lines {
      if !isNegative, let rest = dropPrefix("Negative prompt:", of: trimmed(line)) {
        isNegative = true
        negative.append(trimmed(rest))
      } else if isNegative {
        negative.append(line)
      } else {
        prompt.append(line)
      }
    }
    self.init(
      prompt: trimmed(prompt.joined(separator: "\n")),
      negativePrompt: trimmed(negative.joined(separator: "\n")), settings: settings)
  }

  /// The recipe as far as this text tells it; nil when it holds no settings at all.
  ///
  /// `size` is the size of the picture, used when the text has none; `created` is in milliseconds
  /// since 1970. The engine is called `a1111`.
  public func recipe(size: PixelSize, created: Int64 = 0) -> Recipe? {
    guard !settings.isEmpty else { return nil }
    let stated = self["Size"].flatMap(pixelSize) ?? size
    let seed = self["Seed"].flatMap { UInt64($0) } ?? 0
    let request = GenerationRequest(
      prompt: prompt, avoid: negativePrompt, width: stated.width, height: stated.height,
      steps: self["Steps"].flatMap { Int($0) } ?? 20,
      guidance: (self["CFG scale"] ?? self["Guidance"]).flatMap { Double($0) } ?? 7, seed: seed,
      engine: "a1111", model: self["Model"] ?? "unknown")
    let recipe = Recipe(
      request: request, index: 0, seed: seed, modelDigest: self["Model hash"] ?? "",
      created: created, seconds: 0, generation: generationName(of: text),
      version: self["Version"] ?? "")
    return (try? check(recipe)) == nil ? nil : recipe
  }
}

/// "512x768" as a size; nil for anything else.
func pixelSize(_ text: String) -> PixelSize? {
  let parts = text.split(separator: "x").map { Int($0) }
  guard parts.count == 2, let width = parts[0], let height = parts[1] else { return nil }
  return PixelSize(width: width, height: height)
}

/// 32 hex digits that depend on `text` alone, so that a file imported twice is known again.
/// FNV-1a, 128 bits (Fowler, Noll & Vo).
func generationName(of text: String) -> String {
  var hash: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
  for byte in text.utf8 {
    hash ^= UInt128(byte)
    hash = hash &* 0x0000_0000_0100_0000_0000_0000_0000_013B
  }
  let hex = String(hash, radix: 16)
  return String(repeating: "0", count: 32 - hex.count) + hex
}

// MARK: The settings line

/// All pairs of a settings line. The grammar, as a regular expression:
/// `\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)`, searched from left to right.
/// Read by hand in one pass: a failed key is skipped whole, so the time is linear.
private func pairs(in line: String) -> [A1111Parameters.Setting] {
  // Longer settings do not exist; a hostile megabyte is not worth reading.
  let text = Array(settingsPart(of: line).unicodeScalars.prefix(1 << 16))
  var found: [A1111Parameters.Setting] = []
  var at = 0
  while at < text.count {
    guard isWord(text[at]) else {
      at += 1
      continue
    }
    var end = at
    while end < text.count, isWord(text[end]) || [" ", "-", "/"].contains(text[end]) { end += 1 }
    guard end < text.count, text[end] == ":", end - at >= 2 else {
      at = end
      continue
    }
    let key = string(text[at..<end])
    var start = end + 1
    while start < text.count, text[start] == " " { start += 1 }
    if let close = closingQuote(text, from: start) {
      found.append(.init(key, unquoted(text[start..<close])))
      at = close + 1
    } else {
      let stop = text[start...].firstIndex(of: ",") ?? text.count
      found.append(.init(key, trimmed(string(text[start..<stop]))))
      at = stop + 1
    }
  }
  return found
}

/// stable-diffusion.cpp ends the line with unquoted JSON, whose commas are no separators.
private func settingsPart(of line: String) -> Substring {
  guard let mark = line.firstRange(of: ", SDCPP: ") else { return line[...] }
  return line[..<mark.lowerBound]
}

/// The end of a quoted value that begins at `start` and is followed by a comma or the end.
private func closingQuote(_ text: [Unicode.Scalar], from start: Int) -> Int? {
  guard start < text.count, text[start] == "\"" else { return nil }
  var at = start + 1
  while at < text.count, text[at] != "\"" { at += text[at] == "\\" ? 2 : 1 }
  guard at < text.count, at > start + 1 else { return nil }
  let after = at + 1
  return after == text.count || text[after] == "," ? after : nil
}

/// A JSON string as text; the quotes stay when it is none.
private func unquoted(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
  let text = string(scalars)
  return (try? JSONDecoder().decode(String.self, from: Data(text.utf8))) ?? text
}

private func isWord(_ scalar: Unicode.Scalar) -> Bool {
  scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
}

private func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
  String(String.UnicodeScalarView(scalars))
}

/// Without white space at both ends.
func trimmed(_ text: String) -> String {
  let scalars = text.unicodeScalars
  guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
    let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
  else { return "" }
  return String(scalars[first...last])
}

private func dropPrefix(_ prefix: String, of text: String) -> String? {
  text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
}
