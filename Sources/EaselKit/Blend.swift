/// What a painting is blended with: a second prompt, or a second picture beside the one it starts from.
///
/// Only what names it is part of a recipe; the pixels travel with the request and are nil in one that
/// was read back.
public struct Blend: Hashable, Sendable, Codable {
  /// The second prompt; nil where pictures are blended.
  public var prompt: String?
  /// SHA-256 of the second picture's pixels, in hex; nil where prompts are blended.
  public var digest: String?
  /// Share of the second, 0...1: at 0 the first is painted alone, at 1 the second.
  public var weight: Double
  /// In the size of the picture that the painting starts from.
  public var picture: Picture?

  public init(prompt: String, weight: Double) {
    self.prompt = prompt
    self.weight = weight
  }

  public init(_ picture: Picture, digest: String, weight: Double) {
    self.picture = picture
    self.digest = digest
    self.weight = weight
  }

  enum CodingKeys: String, CodingKey { case prompt, digest, weight }
}

/// How far a picture is to grow over each of its sides, in pixels.
public struct Margins: Hashable, Sendable, Codable {
  public var left: Int
  public var top: Int
  public var right: Int
  public var bottom: Int

  public init(left: Int = 0, top: Int = 0, right: Int = 0, bottom: Int = 0) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  public var isEmpty: Bool { self == Margins() }
  public var all: [Int] { [left, top, right, bottom] }

  /// The margins of a picture whose sides are a `factor`-th as long; those of whole pixels are exact.
  public func shrunk(by factor: Int) -> Margins {
    Margins(
      left: left / factor, top: top / factor, right: right / factor, bottom: bottom / factor)
  }

  /// `size` without the margins; nil when nothing is left.
  public func inside(_ size: PixelSize) -> PixelSize? {
    guard all.allSatisfy({ (0...16_384).contains($0) }) else { return nil }
    let width = size.width - left - right, height = size.height - top - bottom
    return width > 0 && height > 0 ? PixelSize(width: width, height: height) : nil
  }

  /// Reads `right=32` or `top=16,left=16`; `all=16` is every side, `x=16` left and right, `y=16` top
  /// and bottom.
  public init(argument: String) throws {
    self.init()
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "=", omittingEmptySubsequences: false)
        .map { $0.filter { !$0.isWhitespace } }
      guard pieces.count == 2, let n = Int(pieces[1]), (0...16_384).contains(n) else {
        throw Failure(
          .badInput, "'\(part)' does not say how far to grow",
          hint: "write a side and pixels, as right=32 or top=16,left=16")
      }
      switch pieces[0] {
      case "left": left = n
      case "top": top = n
      case "right": right = n
      case "bottom": bottom = n
      case "x": (left, right) = (n, n)
      case "y": (top, bottom) = (n, n)
      case "all": (left, top, right, bottom) = (n, n, n, n)
      default:
        throw Failure.unknown(
          "side", pieces[0], known: ["left", "top", "right", "bottom", "x", "y", "all"])
      }
    }
    guard !isEmpty else {
      throw Failure(
        .badInput, "'\(argument)' grows nothing", hint: "write pixels above 0, as right=32")
    }
  }
}
