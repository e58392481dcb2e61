public import EaselKit
import Synchronization

/// One part of a prepared set as training reads it: numbered without end, since pictures come round
/// again.
///
/// Pictures for training are shuffled anew in every round, and each round looks at another window of
/// them, mirrored or not, where the set allows it. Held-out pictures come in the order of the file, as
/// they are. What number i shows depends on the file, the seed and i alone.
public final class PreparedPictures: TrainingPictures {
  private let file: PreparedFile
  private let part: DataPart
  private let seed: UInt64
  private let first: Int
  private let total: Int
  private let scaled: @Sendable (Picture, PixelSize) -> Picture
  private let complain: @Sendable (Failure) -> Void
  private let hasComplained = Atomic<Bool>(false)

  /// - Parameter complain: hears, once, of a picture that cannot be read any more.
  ///
  /// Throws `Failure(.badInput)` for a part without pictures.
  public init(
    _ file: PreparedFile, _ part: DataPart, seed: UInt64 = 1,
    scaled: @escaping @Sendable (Picture, PixelSize) -> Picture,
    complain: @escaping @Sendable (Failure) -> Void = { _ in }
  ) throws {
    let numbers = file.numbers(of: part)
    guard !numbers.isEmpty else {
      throw Failure(
        .badInput,
        "\(file.path) has no pictures \(part == .training ? "to learn from" : "to judge by")",
        hint: "prepare at least two pictures, with --held-out above 0")
    }
    self.file = file
    self.part = part
    self.seed = seed
    self.scaled = scaled
    self.complain = complain
    (first, total) = (numbers.lowerBound, numbers.count)
  }

  /// Pictures, times the ways to look at them: two when they may be mirrored, four windows.
  public var count: Int? {
    guard part == .training else { return total }
    return total * (file.mayMirror ? 2 : 1) * (file.fit == .window ? 4 : 1)
  }

  /// Number in the file of what index `index` shows.
  package func number(at index: Int) -> Int {
    let (round, place) = index.quotientAndRemainder(dividingBy: total)
    guard part == .training else { return first + place }
    return first + shuffled(place, of: total, seed: random(round, 0))
  }

  public func picture(index: Int, size: Int) -> Picture {
    for attempt in 0..<min(16, total) {
      do { return try view(index: index &+ attempt, size: size) } catch {
        // The set was checked when training began: somebody has changed it since.
        if !hasComplained.exchange(true, ordering: .relaxed) { complain(Failure(error)) }
      }
    }
    return Picture(width: size, height: size, red: 128, green: 128, blue: 128)
  }

  private func view(index: Int, size: Int) throws -> Picture {
    let number = number(at: index)
    let picture = try file.picture(number)
    let side = min(picture.width, picture.height)
    guard part == .training else {
      return scaled(picture.middle(width: side, height: side), PixelSize(width: size, height: size))
    }
    var random = SplitMix64(seed: random(index, 1))
    let across = random.nextInt(picture.width - side + 1)
    let down = random.nextInt(picture.height - side + 1)
    let mirrors = random.next() & 1 == 1
    let square =
      picture.width == picture.height
      ? picture
      : picture.cropped(to: PixelRect(x: across, y: down, width: side, height: side)) ?? picture
    let view = scaled(square, PixelSize(width: size, height: size))
    guard file.mayMirror, mirrors, !(try file.entry(number).namesSides) else { return view }
    return view.mirrored()
  }

  public func caption(index: Int, variant: Int) -> String {
    for attempt in 0..<min(16, total) {
      do {
        let captions = try file.texts(number(at: index &+ attempt)).captions
        return captions[variant % captions.count]
      } catch {
        if !hasComplained.exchange(true, ordering: .relaxed) { complain(Failure(error)) }
      }
    }
    return ""
  }

  private func random(_ index: Int, _ stream: UInt64) -> UInt64 {
    var random = SplitMix64(
      seed: seed &+ stream &* 0xA24B_AED4_963E_E407 &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15)
    _ = random.next()
    return random.next()
  }
}

/// Where place `i` of 0..<count goes when they are shuffled by `seed`: every place is taken once.
///
/// A Feistel network over the next even power of two, walked until it falls into the range (Black &
/// Rogaway 2002, "Ciphers with arbitrary finite domains"): no list has to be kept, so that a set of any
/// size is shuffled in no memory.
package func shuffled(_ i: Int, of count: Int, seed: UInt64) -> Int {
  precondition(i >= 0 && i < count, "shuffled wants a place below \(count), got \(i)")
  guard count > 1 else { return 0 }
  let bits = (Int.bitWidth - (count - 1).leadingZeroBitCount + 1) / 2
  let mask = UInt64(1) << UInt64(bits) - 1
  var x = UInt64(i)
  repeat {
    var left = x >> UInt64(bits), right = x & mask
    for round in 0..<4 as Range<UInt64> {
      var mix = SplitMix64(seed: seed ^ (round << 56) ^ right)
      (left, right) = (right, left ^ (mix.next() & mask))
    }
    x = left << UInt64(bits) | right
  } while x >= UInt64(count)
  return Int(x)
}
