import EaselKit

extension DecodingLimits {
  /// Throws unless a picture of this size may be decoded.
  func check(width: Int, height: Int, format: String) throws {
    guard width > 0, height > 0 else {
      throw Failure(.badInput, "the \(format) file has no pixels", cause: "\(width)x\(height)")
    }
    // Sides first, so that their product cannot overflow.
    guard width <= side, height <= side, width * height <= pixels else {
      throw Failure(
        .badInput, "the \(format) picture is too large: \(width)x\(height) pixels",
        hint: "at most \(side) a side and \(pixels >> 20) megapixels in all are read")
    }
  }

  /// Throws unless a file of this many bytes may be read at all.
  func check(fileBytes count: Int, format: String) throws {
    guard count <= fileBytes else {
      throw Failure(
        .badInput, "the \(format) file is too large: \(count) bytes",
        hint: "at most \(fileBytes >> 20) MiB are read")
    }
  }
}

/// The failure of a file that is not what it should be. `cause` is the decoder's own word.
func damaged(_ format: String, _ cause: String) -> Failure {
  Failure(.badInput, "the \(format) file is damaged", cause: cause)
}
