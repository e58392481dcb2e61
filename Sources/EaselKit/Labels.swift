/// What people say about a picture.
public struct Labels: Hashable, Sendable {
  public var isFavourite: Bool
  /// 0...5; 0 is not rated.
  public var rating: Int
  public var isRejected: Bool
  /// Sorted, lower case, without blanks.
  public var tags: [String]
  public init(
    isFavourite: Bool = false, rating: Int = 0, isRejected: Bool = false, tags: [String] = []
  ) {
    self.isFavourite = isFavourite
    self.rating = rating
    self.isRejected = isRejected
    self.tags = tags
  }
}

/// A picture by its number, and what people say about it.
public struct LabelledPicture: Hashable, Sendable, Identifiable {
  public var id: ImageID
  public var labels: Labels
  public init(id: ImageID, labels: Labels) {
    self.id = id
    self.labels = labels
  }
}

extension HistoryItem {
  public var labels: Labels {
    get {
      Labels(isFavourite: isFavourite, rating: rating, isRejected: isRejected, tags: tags)
    }
    set {
      isFavourite = newValue.isFavourite
      rating = newValue.rating
      isRejected = newValue.isRejected
      tags = newValue.tags
    }
  }
  public var labelled: LabelledPicture { LabelledPicture(id: id, labels: labels) }
}

/// One change of what people say about pictures.
public enum LabelChange: Hashable, Sendable {
  case favourite(Bool)
  /// 0...5
  case rating(Int)
  case rejected(Bool)
  /// Names as `tagName` gives them.
  case tags(add: [String], remove: [String])

  public func applied(to labels: Labels) -> Labels {
    var labels = labels
    switch self {
    case .favourite(let value): labels.isFavourite = value
    case .rating(let value): labels.rating = value
    case .rejected(let value): labels.isRejected = value
    case .tags(let add, let remove):
      labels.tags = Set(labels.tags).union(add).subtracting(remove).sorted()
    }
    return labels
  }

  /// What takes this change back from a picture that had these labels before.
  public func undone(from before: Labels) -> LabelChange {
    switch self {
    case .favourite: return .favourite(before.isFavourite)
    case .rating: return .rating(before.rating)
    case .rejected: return .rejected(before.isRejected)
    case .tags(let add, let remove):
      let had = Set(before.tags)
      return .tags(
        add: Set(remove).intersection(had).sorted(), remove: Set(add).subtracting(had).sorted())
    }
  }
}

/// A tag as it is stored, or `Failure(.badInput)`: lower case, with dashes for blanks.
public func tagName(_ text: String) throws -> String {
  let tag = text.lowercased().split { $0.isWhitespace }.joined(separator: "-")
  let isSound =
    tag.contains { $0.isLetter || $0.isNumber } && tag.count <= 64 && !tag.contains("\"")
    && tag.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  guard isSound else {
    throw Failure(
      .badInput, "'\(text)' cannot be a tag",
      hint: "up to 64 letters, digits and signs other than quotes")
  }
  return tag
}

/// A tag and how many pictures have it.
public struct TagCount: Hashable, Sendable {
  public var tag: String
  public var count: Int
  public init(_ tag: String, _ count: Int) {
    self.tag = tag
    self.count = count
  }
}

/// A filter that is kept under a name.
public struct SavedSearch: Hashable, Sendable {
  public var name: String
  /// As it was typed.
  public var text: String
  public var sort: HistorySort
  public init(name: String, text: String, sort: HistorySort = .newest) {
    self.name = name
    self.text = text
    self.sort = sort
  }
}
