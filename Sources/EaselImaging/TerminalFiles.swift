public import EaselKit
import FoundationEssentials

// Two ways of handing a terminal a whole PNG file, for terminals without sixel.
//
//   kitty    ESC _ G keys ; base64 ESC \      at most 4,096 characters a piece, m=1 until the last
//   iTerm2   ESC ] 1337 ; File = keys : base64 BEL
//
// Sources: "Terminal graphics protocol" (kitty's documentation); "Images" (iTerm2's documentation).

/// The picture at its own size in kitty's protocol, shown at the cursor. No answer is asked for, since
/// nobody may be there to read it.
public func encodeKitty(_ picture: Picture) throws -> [UInt8] {
  let text = Array(Data(try encodePNG(picture, recipe: nil)).base64EncodedString().utf8)
  var out: [UInt8] = []
  out.reserveCapacity(text.count + text.count / 200 + 64)
  let piece = 4096
  for start in stride(from: 0, to: text.count, by: piece) {
    let end = min(text.count, start + piece)
    let keys = start == 0 ? "a=T,f=100,q=2," : ""
    out += Array("\u{1B}_G\(keys)m=\(end < text.count ? 1 : 0);".utf8)
    out += text[start..<end]
    out += [0x1B, UInt8(ascii: "\\")]
  }
  return out
}

/// The picture at its own size in iTerm2's protocol, shown at the cursor.
public func encodeITerm2(_ picture: Picture) throws -> [UInt8] {
  let file = try encodePNG(picture, recipe: nil)
  let keys =
    "inline=1;size=\(file.count);width=\(picture.width)px;height=\(picture.height)px"
  return Array("\u{1B}]1337;File=\(keys):".utf8) + Array(Data(file).base64EncodedString().utf8)
    + [0x07]
}
