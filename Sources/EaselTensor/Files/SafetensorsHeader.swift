/// The checked header of a safetensors file.
struct Header {
  var metadata: [String: String] = [:]
  var names: [String] = []
  var infos: [String: WeightInfo] = [:]

  static let longest = 100_000_000, mostTensors = 100_000, mostDimensions = 8, longestName = 512

  init(bytes: UnsafeRawBufferPointer, path: String) throws(WeightFileError) {
    func wrong(_ what: String, _ tensor: String? = nil) -> WeightFileError {
      WeightFileError(path: path, tensor: tensor, what: what)
    }
    try Header.refuseForeign(bytes, path)
    var length: UInt64 = 0
    for i in 0..<8 { length |= UInt64(bytes[i]) << (8 * UInt64(i)) }
    guard length > 0, length <= UInt64(Header.longest), Int(length) <= bytes.count - 8 else {
      throw wrong(
        "is not a safetensors file, or is cut off: its header has impossible length \(length)")
    }
    let text = UnsafeRawBufferPointer(rebasing: bytes[8..<8 + Int(length)])
    guard text[0] == UInt8(ascii: "{") else { throw wrong("has a header that is no JSON object") }
    let json: HeaderJSON
    do { json = try HeaderJSON(parsing: text) } catch {
      throw wrong("damaged header: \(error.what)")
    }
    guard case .object(let members) = json else { throw wrong("has a header that is no object") }
    guard members.count <= Header.mostTensors else { throw wrong("has more than 100,000 tensors") }

    let dataStart = 8 + Int(length)
    var ranges: [Range<Int>] = []
    for member in members {
      let name = member.key
      guard name.utf8.count <= Header.longestName else {
        throw wrong("a tensor's name is too long")
      }
      guard case .object(let fields) = member.value else { throw wrong("is not described", name) }
      if name == "__metadata__" {
        for field in fields {
          guard case .string(let text) = field.value else {
            throw wrong("metadata is not text", field.key)
          }
          metadata[field.key] = text
        }
        continue
      }
      let info = try Header.info(fields, name: name, dataStart: dataStart, path: path)
      guard info.range.upperBound <= bytes.count else {
        throw wrong("lies beyond the file's end", name)
      }
      infos[name] = info
      names.append(name)
      ranges.append(info.range)
    }
    ranges.sort { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
    var end = dataStart
    for range in ranges {
      guard range.lowerBound == end else { throw wrong("has a hole or an overlap at byte \(end)") }
      end = range.upperBound
    }
    guard end == bytes.count else {
      throw wrong("has \(bytes.count - end) bytes too many or is cut off")
    }
  }

  private static func info(
    _ fields: [HeaderMember], name: String, dataStart: Int, path: String
  ) throws(WeightFileError) -> WeightInfo {
    func wrong(_ what: String) -> WeightFileError {
      WeightFileError(path: path, tensor: name, what: what)
    }
    var type: WeightType?
    var shape: [Int]?
    var offsets: [Int]?
    for field in fields {
      switch (field.key, field.value) {
      case ("dtype", .string(let text)):
        guard let known = WeightType(rawValue: text) else {
          throw wrong("has unknown type '\(text.prefix(16))'")
        }
        type = known
      case ("shape", .array(let elements)):
        shape = try whole(elements, wrong("has an invalid shape"))
      case ("data_offsets", .array(let elements)):
        offsets = try whole(elements, wrong("has invalid offsets"))
      case ("dtype", _), ("shape", _), ("data_offsets", _): throw wrong("is described wrongly")
      default: continue
      }
    }
    guard let type, let shape, let offsets, offsets.count == 2 else {
      throw wrong("is not fully described")
    }
    guard shape.count <= mostDimensions else { throw wrong("has more than 8 dimensions") }
    var size = type.bytes
    for d in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: d)
      if overflow { throw wrong("has an impossible shape") }
      size = product
    }
    let (begin, over1) = offsets[0].addingReportingOverflow(dataStart)
    let (end, over2) = offsets[1].addingReportingOverflow(dataStart)
    guard !over1, !over2, begin <= end, end - begin == size else {
      throw wrong("has offsets that do not fit its shape")
    }
    return WeightInfo(type: type, shape: shape, range: begin..<end)
  }

  private static func whole(_ elements: [HeaderJSON], _ error: WeightFileError)
    throws(WeightFileError) -> [Int]
  {
    var numbers: [Int] = []
    for element in elements {
      guard case .integer(let n) = element, n >= 0 else { throw error }
      numbers.append(n)
    }
    return numbers
  }

  /// Pickles run code when they are read and archives hold pickles: both are refused by content.
  private static func refuseForeign(_ bytes: UnsafeRawBufferPointer, _ path: String)
    throws(WeightFileError)
  {
    let isZip = bytes[0] == 0x50 && bytes[1] == 0x4B && bytes[2] == 3 && bytes[3] == 4
    let isPickle = bytes[0] == 0x80 && (1...5).contains(bytes[1])
    if isZip || isPickle {
      throw WeightFileError(
        path: path,
        what: "is a \(isZip ? "zip archive" : "pickle"), which may run code; "
          + "only safetensors files are read: convert it where Python has diffusers, with "
          + "save_pretrained")
    }
  }
}
