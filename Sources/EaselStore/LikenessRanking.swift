/// Positions from the most alike downward, sorted only as far as somebody asks.
struct LikenessRanking {
  private let cosines: [Float]
  private let images: [Int64]
  private var rest: [Int]
  private var sorted: ArraySlice<Int> = []

  init(cosines: [Float], images: [Int64], candidates: [Int]?) {
    self.cosines = cosines
    self.images = images
    rest = cosines.isEmpty ? [] : candidates ?? Array(cosines.indices)
  }

  private func comes(_ a: Int, before b: Int) -> Bool {
    cosines[a] != cosines[b] ? cosines[a] > cosines[b] : images[a] > images[b]
  }

  /// Leaves out everything up to and with this picture.
  mutating func drop(upTo image: Int64, at position: Int?) {
    guard let position, !cosines.isEmpty else {
      // It was deleted meanwhile; where it stood nobody can say.
      rest = []
      return
    }
    rest = rest.filter { comes(position, before: $0) }
  }

  mutating func take(_ count: Int) -> [Int] {
    if sorted.isEmpty, !rest.isEmpty { sortSome(max(count, 512)) }
    let next = sorted.prefix(count)
    sorted = sorted.dropFirst(count)
    return Array(next)
  }

  /// Moves the best `count` or more of `rest` to `sorted`: those above a mark that a sample suggests.
  private mutating func sortSome(_ count: Int) {
    guard rest.count > count * 8 else {
      sorted = rest.sorted(by: comes)[...]
      rest = []
      return
    }
    let step = max(1, rest.count / 4096)
    let sample = stride(from: 0, to: rest.count, by: step).map { cosines[rest[$0]] }.sorted(by: >)
    let mark = sample[min(sample.count - 1, count * 2 / step + 8)]
    let best = rest.filter { cosines[$0] >= mark }
    rest = rest.filter { cosines[$0] < mark }
    sorted = best.sorted(by: comes)[...]
  }
}
