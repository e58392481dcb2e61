public import EaselKit

/// One painting, from the key that asked for it to the last picture in the history.
public struct Job: Hashable, Sendable, Identifiable {
  public enum Phase: Hashable, Sendable {
    case waiting, painting, done, stopped
    case failed(Failure)
  }
  /// One picture of the batch, as far as it is.
  public enum Slot: Hashable, Sendable {
    case empty
    /// Seen unfinished; `revision` rises with every preview.
    case preview(revision: Int)
    /// Painted; `item` once the history has it.
    case painted(seed: UInt64, item: HistoryItem?)

    public var item: HistoryItem? {
      if case .painted(_, let item) = self { item } else { nil }
    }
  }

  public var id: JobID
  public var request: GenerationRequest
  /// Where it stands in a series; nil for a painting on its own.
  public var place: Series.Place?
  /// The engine has it; until then it can still be moved.
  public var isStarted = false
  public var phase = Phase.waiting
  /// Share of the model that is read, while it is.
  public var loading: Double?
  public var progress: StepProgress?
  public var slots: [Slot]
  /// How well each picture answers the prompt, where the engine can tell.
  public var scores: [Double?]
  /// Slots in the order they are shown: as painted at first, the best first once all are.
  public private(set) var order: [Int]

  public init(id: JobID, request: GenerationRequest) {
    self.id = id
    self.request = request
    slots = Array(repeating: .empty, count: max(1, min(64, request.count)))
    scores = Array(repeating: nil, count: slots.count)
    order = Array(slots.indices)
  }

  /// Puts the best picture first.
  mutating func rank() {
    order = slots.indices.sorted {
      let (a, b) = (scores[$0] ?? -2, scores[$1] ?? -2)
      return a != b ? a > b : $0 < $1
    }
  }

  /// Where a slot stands in the strip.
  func place(of slot: Int) -> Int { order.firstIndex(of: slot) ?? slot }

  public var isActive: Bool { phase == .waiting || phase == .painting }

  /// What to show for picture `index`; nil when nothing was painted yet.
  func key(_ index: Int) -> PictureKey? {
    guard slots.indices.contains(index) else { return nil }
    switch slots[index] {
    case .empty: return nil
    case .preview(let revision): return .preview(id, index: index, revision: revision)
    case .painted: return .result(id, index: index)
    }
  }

  /// True when a picture of `other` is one of this batch.
  func covers(_ other: GenerationRequest) -> Bool {
    request.prompt == other.prompt && request.avoid == other.avoid
      && request.model == other.model && request.engine == other.engine
      && request.enlargement == other.enlargement
      && other.seed &- request.seed < UInt64(max(1, request.count))
  }

  /// The part of the batch that is not painted yet, to be queued again after a restart; nil when
  /// nothing is missing.
  var rest: GenerationRequest? { isActive ? unpainted : nil }

  /// The part of the batch that is not painted, active or not.
  var unpainted: GenerationRequest? {
    let painted = slots.prefix { if case .painted = $0 { true } else { false } }.count
    guard painted < slots.count else { return nil }
    var request = request
    request.seed &+= UInt64(painted)
    request.count -= painted
    return request
  }
}

extension AppState {
  /// What the history calls the batch of a job.
  func generation(of job: Job) -> String { job.id.generation(in: process) }
}
