public import EaselKit

/// Captions in the JSON of COCO (`captions_train2017.json`), the pictures in a folder.
///
/// ```
/// {"images": [{"id": 9, "file_name": "000000000009.jpg", …}, …],
///  "annotations": [{"image_id": 9, "caption": "Closeup of …", …}, …], …}
/// ```
/// The file may be larger than memory. It is walked through once, and of each name and caption only its
/// place in the file is kept: 16 bytes each, about 12 MB for COCO's training set.
public struct CocoSource: DataSource {
  public let kind = "coco"
  private let json: String
  private let files: PictureFiles

  public init(json: String, images folder: String) {
    self.json = json
    files = PictureFiles(folder)
  }

  private struct Places {
    var ids: [Int64] = []
    /// Where the names of the pictures stand.
    var names: [Int] = []
    /// Pictures' ids, and where their captions stand.
    var captions: [(id: Int64, place: Int)] = []
    var bad: [(name: String, failure: Failure)] = []
    var hasImages = false
    var hasAnnotations = false
  }

  public func read(_ take: (DataItem) throws -> Void) throws {
    let file = try ReadableFile(json)
    var places = try walk(file)
    guard places.hasImages, places.hasAnnotations else {
      throw Failure(
        .badInput, "\(json) holds no captions of COCO",
        hint: places.hasImages
          ? "it lacks \"annotations\"; captions are in files like captions_train2017.json"
          : "it lacks \"images\"; captions are in files like captions_train2017.json")
    }
    try take(.expected(places.ids.count + places.bad.count))
    var numbers: [Int64: Int] = [:]
    numbers.reserveCapacity(places.ids.count)
    for (number, id) in places.ids.enumerated() {
      if numbers[id] == nil {
        numbers[id] = number
      } else {
        places.bad.append(
          ("image \(id)", Failure(.badInput, "another picture has the same id")))
      }
    }
    // Captions by picture, in the order of the file.
    var sorted: [(number: Int, place: Int)] = []
    sorted.reserveCapacity(places.captions.count)
    for caption in places.captions {
      if let number = numbers[caption.id] {
        sorted.append((number, caption.place))
      } else {
        places.bad.append(
          (
            "annotation at byte \(caption.place)",
            Failure(.badInput, "its picture is not in the list", cause: "image \(caption.id)")
          ))
      }
    }
    places.captions = []
    sorted.sort { ($0.number, $0.place) < ($1.number, $1.place) }
    for (name, failure) in places.bad { try take(.bad(name: name, failure)) }
    var next = 0
    for (number, id) in places.ids.enumerated() {
      guard numbers[id] == number else { continue }
      let name = try text(file, places.names[number])
      var captions: [String] = []
      while next < sorted.count, sorted[next].number == number {
        captions.append(try text(file, sorted[next].place))
        next += 1
      }
      try take(
        .record(
          DataRecord(
            name: name, captions: captions, content: .file { [files] in try files.read(name) })))
    }
  }

  private func text(_ file: ReadableFile, _ place: Int) throws -> String {
    var scanner = JSONScanner(file, at: place, chunk: 1 << 10)
    return try scanner.string()
  }

  private func walk(_ file: ReadableFile) throws -> Places {
    var places = Places()
    var scanner = JSONScanner(file)
    guard try scanner.kind() == .object else {
      throw Failure(.badInput, "\(json) holds no captions of COCO", cause: "it is no JSON object")
    }
    try scanner.object { scanner, key in
      guard key == "images" || key == "annotations", try scanner.kind() == .array else {
        return try scanner.skip()
      }
      if key == "images" { places.hasImages = true } else { places.hasAnnotations = true }
      try scanner.array { scanner in
        let place = try scanner.place()
        guard try scanner.kind() == .object else {
          places.bad.append(
            ("\(key) at byte \(place)", Failure(.badInput, "this is no JSON object")))
          return try scanner.skip()
        }
        try key == "images"
          ? image(&scanner, place, &places) : annotation(&scanner, place, &places)
      }
    }
    return places
  }

  private func image(_ scanner: inout JSONScanner, _ start: Int, _ places: inout Places) throws {
    var id: Int64?
    var name: Int?
    try scanner.object { scanner, key in
      switch key {
      case "id": id = try scanner.integer()
      case "file_name":
        name = try scanner.kind() == .string ? scanner.place() : nil
        try scanner.skip()
      default: try scanner.skip()
      }
    }
    guard let id, let name else {
      places.bad.append(
        (
          id.map { "image \($0)" } ?? "image at byte \(start)",
          Failure(.badInput, "the picture has no \(id == nil ? "id" : "file_name")")
        ))
      return
    }
    places.ids.append(id)
    places.names.append(name)
  }

  private func annotation(
    _ scanner: inout JSONScanner, _ start: Int, _ places: inout Places
  ) throws {
    var id: Int64?
    var caption: Int?
    try scanner.object { scanner, key in
      switch key {
      case "image_id": id = try scanner.integer()
      case "caption":
        caption = try scanner.kind() == .string ? scanner.place() : nil
        try scanner.skip()
      default: try scanner.skip()
      }
    }
    guard let id, let caption else {
      places.bad.append(
        (
          "annotation at byte \(start)",
          Failure(.badInput, "the annotation has no \(id == nil ? "image_id" : "caption")")
        ))
      return
    }
    places.captions.append((id, caption))
  }
}
