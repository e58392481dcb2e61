import CSodium

/// A SHA-256 (FIPS 180-4). Can only be made from bytes that were hashed or from exactly 64
/// lower-case hex digits, so that a digest is always safe as part of a path.
struct Digest: Hashable, Sendable, CustomStringConvertible {
  /// 32 bytes.
  let bytes: [UInt8]

  init(of content: [UInt8]) {
    var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
    // Cannot fail: the function returns 0 always.
    _ = crypto_hash_sha256(&digest, content, UInt64(content.count))
    bytes = digest
  }

  init?(bytes: [UInt8]) {
    guard bytes.count == Int(crypto_hash_sha256_BYTES) else { return nil }
    self.bytes = bytes
  }

  init?(hex text: some StringProtocol) {
    let digits = Array(text.utf8)
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for i in stride(from: 0, to: 64, by: 2) {
      guard let high = Self.value(digits[i]), let low = Self.value(digits[i + 1]) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    self.bytes = bytes
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  var description: String { hex(bytes) }
}

/// SHA-256 of some bytes as 64 hex digits: the name a picture file has in a library.
public func sha256Hex(_ bytes: [UInt8]) -> String { Digest(of: bytes).description }
