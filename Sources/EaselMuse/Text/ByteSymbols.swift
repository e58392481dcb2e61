/// The printable character that stands for each byte in the vocabularies of GPT-2 and CLIP: printable
/// Latin-1 bytes stand for themselves, the rest are counted up from U+0100.
///
/// Source: Radford et al. 2019 (GPT-2), section 2.2, byte-level byte-pair encoding.
enum ByteSymbols {
  /// Bytes in the order in which vocabularies list them.
  static let order: [UInt8] = {
    let printable = Array(33...126) + Array(161...172) + Array(174...255)
    let rest = (0...255).filter { !printable.contains($0) }
    return (printable + rest).map { UInt8($0) }
  }()

  static let symbols: [String] = {
    var table = [String](repeating: "", count: 256)
    for (i, byte) in order.enumerated() {
      // The printable bytes come first: 94 + 12 + 94 of them.
      let code = i < 188 ? UInt32(byte) : 256 + UInt32(i - 188)
      if let scalar = Unicode.Scalar(code) { table[Int(byte)] = String(Character(scalar)) }
    }
    return table
  }()
}
