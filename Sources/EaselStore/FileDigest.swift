import CSodium
import EaselKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// SHA-256 over the bytes of some files in order, 64 hex digits: what a recipe says of the weights
/// that painted a picture. Reads a megabyte at a time.
public func sha256(ofFiles paths: [String]) throws -> String {
  var state = crypto_hash_sha256_state()
  _ = crypto_hash_sha256_init(&state)
  var buffer = [UInt8](repeating: 0, count: 1 << 20)
  for path in paths {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Failure(
        .notFound, "\(path) cannot be read", cause: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count == 0 { break }
      guard count > 0 else {
        if errno == EINTR { continue }
        throw Failure(
          .modelDamaged, "\(path) cannot be read", cause: String(cString: strerror(errno)))
      }
      _ = crypto_hash_sha256_update(&state, buffer, UInt64(count))
    }
  }
  var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
  _ = crypto_hash_sha256_final(&state, &digest)
  return hex(digest)
}
