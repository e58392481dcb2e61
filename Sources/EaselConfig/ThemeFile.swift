import EaselKit
public import EaselScreen
import Foundation
import TOMLKit

/// Reads a theme: colours by name, then what every role looks like.
///
///     dark = true
///     [palette]
///     ink = "#d8dee9"
///     night = "#1b1e25"
///     [roles]
///     text = { on = "night", ink = "ink" }
///     title = { ink = "#ffffff", bold = true }
///
/// A role that says no `ink` or `on` takes that of `text`. Every role must be there: a theme made for
/// an older Easel says which ones it lacks instead of showing holes.
public enum ThemeFile {
  public static func parse(_ text: String, name: String) throws -> Theme {
    func wrong(_ what: String, _ hint: String? = nil) -> Failure {
      Failure(.badInput, "theme '\(name)': \(what)", hint: hint)
    }
    let table: TOMLTable
    do { table = try TOMLTable(string: text) } catch {
      throw Failure(.badInput, "theme '\(name)' is not valid TOML", cause: "\(error)")
    }
    for key in table.keys where !["dark", "palette", "roles", "about"].contains(key) {
      throw Failure.unknown("part of a theme", key, known: ["dark", "palette", "roles", "about"])
    }
    var palette: [String: RGB] = [:]
    if let colours = table["palette"]?.table {
      for key in colours.keys {
        guard let text = colours[key]?.string, let colour = RGB(hex: text) else {
          throw wrong("the colour '\(key)' is not a #rrggbb text")
        }
        palette[key] = colour
      }
    }
    func colour(_ text: String, _ role: String) throws -> RGB {
      if let colour = RGB(hex: text) ?? palette[text] { return colour }
      let known = palette.keys.sorted()
      throw Failure.unknown("colour in theme '\(name)', role \(role),", text, known: known)
    }
    guard let roles = table["roles"]?.table else { throw wrong("it has no [roles]") }
    for key in roles.keys where Role(rawValue: key) == nil {
      throw Failure.unknown("role", key, known: Role.allCases.map(\.rawValue))
    }
    let missing = Role.allCases.filter { !roles.contains(key: $0.rawValue) }
    guard missing.isEmpty else {
      throw wrong("it lacks roles", "add \(missing.map(\.rawValue).joined(separator: ", "))")
    }
    func look(_ role: Role, _ base: Theme.Look?) throws -> Theme.Look {
      guard let entry = roles[role.rawValue]?.table else {
        throw wrong("role \(role.rawValue) is not a table like { ink = \"…\" }")
      }
      let known = ["ink", "on", "bold", "italic", "underlined", "reversed"]
      for key in entry.keys where !known.contains(key) {
        throw Failure.unknown("property of role \(role.rawValue)", key, known: known)
      }
      let ink = try entry["ink"]?.string.map { try colour($0, role.rawValue) } ?? base?.foreground
      let on = try entry["on"]?.string.map { try colour($0, role.rawValue) } ?? base?.background
      guard let ink, let on else { throw wrong("role text needs both ink and on") }
      return Theme.Look(
        foreground: ink, background: on, bold: entry["bold"]?.bool ?? false,
        italic: entry["italic"]?.bool ?? false, underlined: entry["underlined"]?.bool ?? false,
        reversed: entry["reversed"]?.bool ?? false)
    }
    let body = try look(.text, nil)
    var looks: [Role: Theme.Look] = [:]
    for role in Role.allCases { looks[role] = role == .text ? body : try look(role, body) }
    return Theme(name: name, isDark: table["dark"]?.bool ?? true, looks: looks)
  }
}

extension RGB {
  /// `#rrggbb` or `#rgb`.
  init?(hex: String) {
    guard hex.hasPrefix("#") else { return nil }
    let digits = hex.dropFirst().compactMap(\.hexDigitValue)
    guard digits.count == hex.count - 1 else { return nil }
    switch digits.count {
    case 6:
      self.init(
        UInt8(digits[0] * 16 + digits[1]), UInt8(digits[2] * 16 + digits[3]),
        UInt8(digits[4] * 16 + digits[5]))
    case 3: self.init(UInt8(digits[0] * 17), UInt8(digits[1] * 17), UInt8(digits[2] * 17))
    default: return nil
    }
  }

  /// Relative luminance, 0...1 (WCAG 2.2, "relative luminance").
  public var luminance: Double {
    func linear(_ v: UInt8) -> Double {
      let c = Double(v) / 255
      return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }

  /// Contrast with another colour, 1...21 (WCAG 2.2, "contrast ratio").
  public func contrast(with other: RGB) -> Double {
    let a = luminance, b = other.luminance
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }
}
