public import EaselKit
public import EaselTensor
import Foundation

/// How models are brought into memory.
public struct ModelLoading: Sendable {
  /// Folder for packed weights of large models, which may be emptied at any time; nil keeps them in
  /// memory.
  public var cacheFolder: String?
  /// Bytes that this process may still take; nil where the system does not say.
  public var availableBytes: @Sendable () -> Int? = { AvailableMemory.bytes() }
  /// Nothing is packed: nobody is going to paint.
  var isForLooking = false
  public init(cacheFolder: String? = nil) { self.cacheFolder = cacheFolder }

  /// To find out whether a model can be opened.
  static var forLooking: ModelLoading {
    var loading = ModelLoading()
    loading.isForLooking = true
    loading.availableBytes = { nil }
    return loading
  }

  /// Models from this size are multiplied in the fastest precision of the processor that loses nothing
  /// visible, and their packed weights are kept in a file; smaller ones are fast enough in fp32.
  static let largeParameters = 100_000_000

  /// The precision to load with: as wanted, else the best that fits into memory.
  func precision(for size: ModelMemory, wanted: ProductPrecision?) throws -> ProductPrecision {
    let isLarge = size.parameters >= Self.largeParameters
    let choices: [ProductPrecision] =
      wanted.map { [$0] } ?? (isLarge ? [.fastest, .int8] : [.fp32, .int8])
    guard let free = availableBytes() else { return choices[0] }
    if let fitting = choices.first(where: { size.bytes(in: $0) <= free }) { return fitting }
    let least = choices[choices.count - 1]
    throw Failure(
      .outOfMemory,
      "the model needs \(gigabytes(size.bytes(in: least))), and \(gigabytes(free)) are free",
      hint: wanted != nil && wanted != .int8
        ? "--precision int8 needs \(gigabytes(size.bytes(in: .int8))); or close other programs"
        : "close other programs, or choose a smaller model",
      cause: "\(size.parameters) parameters in \(least.rawValue)")
  }

  /// The packs of a model: in a file for large ones.
  func packs(
    _ size: ModelMemory, name: String, digest: String, _ precision: ProductPrecision
  ) -> WeightPacks? {
    guard !isForLooking else { return nil }
    guard size.parameters >= Self.largeParameters else {
      return precision == .fp32 ? nil : WeightPacks(precision: precision, path: nil, key: digest)
    }
    let safe = String(name.map { $0.isLetter || $0.isNumber ? $0 : "-" })
    // Without a digest nobody could tell one model's weights from another's.
    let path = cacheFolder.flatMap { folder -> String? in
      guard !digest.isEmpty else { return nil }
      try? FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
      let kind = "\(safe)-\(precision.rawValue)-\(Kernels.path)-"
      let name = "\(kind)\(digest.prefix(12)).packed"
      Self.removeLeftovers(in: folder, kind: kind, keeping: name)
      return "\(folder)/\(name)"
    }
    return WeightPacks(precision: precision, path: path, key: digest)
  }
}

extension ModelLoading {
  /// Removes packs of the same model's earlier weights, and files of processes that died while they wrote
  /// one: a gigabyte each. Whoever still maps a removed file keeps it until it ends.
  package static func removeLeftovers(in folder: String, kind: String, keeping name: String) {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for entry in entries where entry.hasPrefix(kind) && entry != name {
      // What follows is a digest, and not the rest of another model's name.
      guard !entry.dropFirst(kind.count).contains("-") else { continue }
      // A file in the making ends with its process's number.
      if let process = entry.range(of: ".packed.").map({ entry[$0.upperBound...] }) {
        guard let number = Int32(process), number > 0, kill(number, 0) != 0, errno == ESRCH else {
          continue
        }
      } else if !entry.hasSuffix(".packed") {
        continue
      }
      try? FileManager.default.removeItem(atPath: "\(folder)/\(entry)")
    }
  }
}

private func gigabytes(_ bytes: Int) -> String { String(format: "%.1f GB", Double(bytes) / 1e9) }

/// What painting with a model takes, from the headers of its files; nothing of the weights is read.
package struct ModelMemory: Sendable, Hashable {
  var parameters = 0
  /// Bytes of the weight files.
  var fileBytes = 0
  /// Numbers of linear maps: of the text encoder, of the Transformer's that see only the prompt, of those
  /// that every step reads, and how many of the latter are in the repeated layers.
  var text = 0, promptOnly = 0, everyStep = 0, repeated = 0
  /// The decoder's weights as numbers and as bytes on disk, and bytes that decoding computes with.
  var decoderNumbers = 0, decoder = 0, decoding = 0

  /// - Parameter path: folder or file of the model.
  package init(path: String) throws { try self.init(ModelFolder(path)) }

  init(_ folder: ModelFolder) throws {
    let pictures: PictureTokenizerConfiguration = try folder.configuration(.vqvae)
    let transformer: TransformerConfiguration = try folder.configuration(.transformer)
    var seen: Set<String> = []
    for part in ModelFolder.Part.allCases {
      let weights = try folder.weights(part)
      let file = try ParameterSource.open(weights.path)
      if seen.insert(weights.path).inserted {
        fileBytes += file.bytes
        parameters += file.parameterCount
      }
      for name in file.names where name.hasPrefix(weights.prefix) {
        guard let info = file.info(name) else { continue }
        let count = info.shape.reduce(1, *)
        switch part {
        case .textEncoder where !name.contains("embedding"): text += count
        case .transformer where name.hasSuffix("embeddings.weight"): break
        case .transformer where Self.seesOnlyThePrompt(name): promptOnly += count
        case .transformer:
          everyStep += count
          if name.dropFirst(weights.prefix.count).hasPrefix("transformer_layers.") {
            repeated += count
          }
        case .vqvae where name.contains("decoder."):
          decoderNumbers += count
          decoder += info.range.count
        default: break
        }
      }
    }
    let side = transformer.sampleSize * pictures.pixelsPerToken
    let widths = pictures.blockOutChannels
    // Three pictures of the second width at full size, and Winograd's form of the widest convolution.
    decoding = side * side * (widths.dropFirst().first ?? widths[0]) * 4 * 3
    let widest = widths.max() ?? 0
    decoding += widest * widest * 36 * 4 * 2
  }

  /// AdaLN's maps, and keys and values of the attention to the text.
  static func seesOnlyThePrompt(_ name: String) -> Bool {
    name.contains(".linear.") || name.contains("cond_embed") || name.contains("kv_mapper")
      || name.contains("attn2.to_k") || name.contains("attn2.to_v")
      || name.contains("encoder_proj.")
  }

  /// Bytes at the fullest moment, within a fifth of what was measured.
  package func bytes(in precision: ProductPrecision) -> Int {
    let program = 80_000_000
    if precision == .fp32, parameters < ModelLoading.largeParameters {
      // Values and their packed form; the decoder's filters four times in Winograd's.
      return program + (text + promptOnly + everyStep) * 8 + decoderNumbers * 20 + decoding
    }
    let each = precision == .fp32 ? 4 : 2
    // int8 is for the repeated layers; see ParameterSource.
    let steps = everyStep * each - (precision == .int8 ? repeated : 0)
    // Buffers that wait to be used again; the painter's weights are given back while the decoder works.
    let buffers = min(200_000_000, decoding)
    return program + buffers + max(text * each, promptOnly * each, steps, decoder + decoding)
  }

  /// In the precision that is chosen when nobody says.
  var usualBytes: Int {
    bytes(in: parameters < ModelLoading.largeParameters ? .fp32 : .fastest)
  }
}

/// Memory of this machine, or of the container that this process runs in.
enum AvailableMemory {
  static func bytes() -> Int? {
    #if os(Linux)
      var free: Int?
      if let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) {
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        free = line.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) }
          .map { $0 * 1024 }
      }
      func number(_ name: String) -> Int? {
        (try? String(contentsOfFile: "/sys/fs/cgroup/\(name)", encoding: .utf8))
          .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
      }
      if let limit = number("memory.max"), let used = number("memory.current") {
        free = min(free ?? .max, max(0, limit - used))
      }
      return free
    #else
      return nil
    #endif
  }
}
