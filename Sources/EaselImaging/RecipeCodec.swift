public import EaselKit
import FoundationEssentials

/// Newest layout of `Recipe` that this version reads and writes.
public let recipeFormat = 1

/// A recipe as one line of JSON: keys sorted, slashes as they are, control characters escaped.
/// The same recipe always gives the same text.
///
/// Throws `Failure(.badInput)` for numbers that JSON cannot hold (infinite, not a number).
public func encodeRecipe(_ recipe: Recipe) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  do {
    let json = String(decoding: try encoder.encode(recipe), as: UTF8.self)
    // JSON allows DEL and the C1 controls as they are; terminals and PNG do not like them.
    return json.unicodeScalars.reduce(into: "") { text, scalar in
      if (0x7F...0x9F).contains(scalar.value) {
        text += "\\u00" + String(scalar.value, radix: 16)
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
  } catch {
    throw Failure(.badInput, "the recipe cannot be written as JSON", cause: "\(error)")
  }
}

/// Reads what `encodeRecipe` wrote. Keys it does not know are ignored, so that a later version may
/// add some within one format number.
///
/// Throws `Failure(.unsupported)` for a newer format, `.badInput` for anything damaged or with
/// values that no engine accepts.
public func decodeRecipe(_ json: String) throws -> Recipe {
  let bytes = Array(json.utf8)
  guard bytes.count <= 1 << 20, jsonDepth(bytes) <= 32 else {
    throw Failure(.badInput, "the recipe is too large or too deep")
  }
  let decoder = JSONDecoder()
  let data = Data(bytes)
  guard let version = try? decoder.decode(RecipeVersion.self, from: data) else {
    throw Failure(.badInput, "the recipe is not Easel's JSON")
  }
  guard version.format == recipeFormat else {
    throw Failure(
      .unsupported, "the recipe has format \(version.format), this version reads \(recipeFormat)",
      hint: "a newer Easel wrote it")
  }
  do {
    let recipe = try decoder.decode(Recipe.self, from: data)
    try check(recipe)
    return recipe
  } catch let failure as Failure {
    throw failure
  } catch {
    throw Failure(.badInput, "the recipe is damaged", cause: "\(error)")
  }
}

private struct RecipeVersion: Decodable {
  var format: Int
}

/// Refuses values that would overflow or starve whoever trusts a recipe out of a file.
func check(_ recipe: Recipe) throws {
  let request = recipe.request
  let isSound =
    (1...16_384).contains(request.width) && (1...16_384).contains(request.height)
    && (1...100_000).contains(request.steps) && (1...100_000).contains(request.count)
    && (0..<100_000).contains(recipe.index) && request.guidance.isFinite
    && recipe.seconds.isFinite && recipe.seconds >= 0
    && abs(request.guidance) <= 1e6
  guard isSound else {
    throw Failure(.badInput, "the recipe has values that no engine accepts")
  }
}

/// Deepest nesting of brackets outside strings; known before a recursive parser is let loose.
func jsonDepth(_ bytes: [UInt8]) -> Int {
  var depth = 0, deepest = 0
  var inString = false, escaped = false
  for byte in bytes {
    if inString {
      if escaped {
        escaped = false
      } else if byte == UInt8(ascii: "\\") {
        escaped = true
      } else if byte == UInt8(ascii: "\"") {
        inString = false
      }
    } else {
      switch byte {
      case UInt8(ascii: "\""): inString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        deepest = max(deepest, depth)
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
    }
  }
  return deepest
}
