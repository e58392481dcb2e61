import EaselKit
import Synchronization

/// Pixels that the screen names: unfinished and finished pictures of running jobs, and the pictures of
/// the history that were looked at last.
final class PictureShelf: Sendable {
  private struct Slot: Hashable {
    let job: JobID
    let index: Int
  }
  /// A picture of the history; `side` is how large a thumbnail may be, 0 for others.
  private struct Kept: Hashable {
    let key: PictureKey
    let side: Int
  }
  private struct State {
    var previews: [Slot: Picture] = [:]
    var results: [Slot: Picture] = [:]
    /// What paintings start from, pictures and masks; the newest last.
    var bases: [BasePicture] = []
    var kept: [Kept: Picture] = [:]
    /// Oldest use first.
    var order: [Kept] = []
    var bytes = 0
    var thumbnailSide = 256
  }
  private let state = Mutex(State())
  /// Bytes of history pictures that are kept.
  private let limit: Int

  init(limit: Int = 24 << 20) { self.limit = limit }

  /// Only the newest preview of a picture is kept.
  func put(preview: Picture, _ job: JobID, _ index: Int) {
    state.withLock { $0.previews[Slot(job: job, index: index)] = preview }
  }

  func put(result: Picture, _ job: JobID, _ index: Int) {
    state.withLock { s in
      let slot = Slot(job: job, index: index)
      s.results[slot] = result
      s.previews[slot] = nil
    }
  }

  func forget(_ job: JobID) {
    state.withLock { s in
      s.previews = s.previews.filter { $0.key.job != job }
      s.results = s.results.filter { $0.key.job != job }
    }
  }

  /// Keeps what a painting starts from until it is painted; the last 64.
  func keep(_ base: BasePicture) {
    guard base.picture != nil else { return }
    state.withLock { s in
      s.bases.removeAll { $0.digest == base.digest && $0.maskDigest == base.maskDigest }
      s.bases.append(base)
      if s.bases.count > 64 { s.bases.removeFirst() }
    }
  }

  /// The request with the pixels that its base only names.
  func completed(_ request: GenerationRequest) -> GenerationRequest {
    guard let base = request.base, base.picture == nil else { return request }
    let kept = state.withLock { s in
      s.bases.last { $0.digest == base.digest && $0.maskDigest == base.maskDigest }
    }
    var request = request
    request.base?.picture = kept?.picture
    request.base?.mask = kept?.mask
    return request
  }

  /// The longer side of thumbnails that fill `size`, in steps, so that windows of any size share a few of them;
  /// without a size, as last time.
  func thumbnailSide(for size: PixelSize?) -> Int {
    state.withLock { s in
      if let size {
        s.thumbnailSide = min(1024, max(1, (max(size.width, size.height) + 63) / 64) * 64)
      }
      return s.thumbnailSide
    }
  }

  func picture(_ key: PictureKey, side: Int = 0) -> Picture? {
    state.withLock { s in
      switch key {
      case .preview(let job, let index, _):
        let slot = Slot(job: job, index: index)
        return s.previews[slot] ?? s.results[slot]
      case .result(let job, let index): return s.results[Slot(job: job, index: index)]
      case .image, .thumbnail, .heat:
        let kept = Kept(key: key, side: side)
        guard let picture = s.kept[kept] else { return nil }
        if let i = s.order.firstIndex(of: kept) { s.order.append(s.order.remove(at: i)) }
        return picture
      case .training, .composed: return nil
      }
    }
  }

  func keep(_ picture: Picture, as key: PictureKey, side: Int = 0) {
    state.withLock { s in
      let kept = Kept(key: key, side: side)
      guard s.kept[kept] == nil else { return }
      s.kept[kept] = picture
      s.order.append(kept)
      s.bytes += picture.pixels.count
      while s.bytes > limit, s.order.count > 1 {
        let oldest = s.order.removeFirst()
        s.bytes -= s.kept.removeValue(forKey: oldest)?.pixels.count ?? 0
      }
    }
  }
}
