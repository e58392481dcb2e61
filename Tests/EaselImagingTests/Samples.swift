import EaselKit

/// A picture with noise, a gradient and flat parts, from a seed.
func samplePicture(_ width: Int, _ height: Int, seed: UInt64) -> Picture {
  var random = SplitMix64(seed: seed)
  var picture = Picture(width: width, height: height)
  for y in 0..<height {
    for x in 0..<width {
      let i = (y * width + x) * 3
      if x * 2 < width {
        picture.pixels[i] = UInt8(x * 255 / width)
        picture.pixels[i + 1] = UInt8(y * 255 / height)
        picture.pixels[i + 2] = UInt8(random.nextInt(256))
      } else {
        picture.pixels[i] = y * 2 < height ? 200 : 30
        picture.pixels[i + 1] = 90
        picture.pixels[i + 2] = 10
      }
    }
  }
  return picture
}

/// Prompts that break naive writers and readers.
let nastyPrompts = [
  "a red fox", "", "line one\nline two\n\nline four", "emoji 🦊👩‍👩‍👧 and 漢字 and ñ",
  "she said \"paint, quickly\" \\ done", "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1",
  "a fox\nSteps: 3, CFG scale: 2, Seed: 9\nmore", "tab\there, carriage\r\nreturn",
  "Negative prompt: not really", "control \u{1B}]0;title\u{07} bytes \u{0} \u{9B}",
  "<xml attr='1' & \"2\"> &amp; &quot;", "{braces} {\"json\": [1,2]}",
]

func sampleRecipe(_ prompt: String, avoid: String = "blurry, \"text\"\nlogos", seed: UInt64 = 7)
  -> Recipe
{
  Recipe(
    request: GenerationRequest(
      prompt: prompt, avoid: avoid, steps: 12, guidance: 2.5, seed: seed, count: 4),
    index: 2, seed: seed &+ 2, modelDigest: String(repeating: "ab", count: 32),
    created: 1_795_500_000_123, seconds: 1.25, generation: String(repeating: "0f", count: 16))
}

/// Every way of damaging bytes that the tests try, from a seed.
func damagedCopies(_ bytes: [UInt8], seed: UInt64, count: Int) -> [[UInt8]] {
  var random = SplitMix64(seed: seed)
  return (0..<count).map { i in
    var copy = bytes
    switch i % 4 {
    case 0: copy.removeLast(1 + random.nextInt(bytes.count))
    case 1: copy[random.nextInt(bytes.count)] ^= UInt8(1 << random.nextInt(8))
    case 2:
      for _ in 0..<8 { copy[random.nextInt(bytes.count)] = UInt8(random.nextInt(256)) }
    default:
      let at = random.nextInt(bytes.count)
      copy.removeSubrange(at..<min(bytes.count, at + 1 + random.nextInt(16)))
    }
    return copy
  }
}
