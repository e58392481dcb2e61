public import EaselKit

/// A line of paintings that go on from each other, as it is looked at.
public struct VersionsState: Hashable, Sendable {
  /// One step of it.
  public struct Row: Hashable, Sendable {
    public var version: PictureVersion
    /// In the order of painting, from 1.
    public var number: Int
    /// The row's version of which this is the next one; nil at the beginning.
    public var parent: Int?
    /// 0 on the line that leads to where one came from; more on what branched off.
    public var depth: Int
    /// Which of its pictures is shown.
    public var picture: Int
  }

  /// The generation that one came from.
  public var generation: String
  /// What of its line the history was asked for.
  public var asked: String
  /// Nil while they are being read.
  public package(set) var rows: [Row]?
  public var selected = 0
  /// Where closing leads.
  public var home: Route

  public init(generation: String, asked: String? = nil, home: Route) {
    self.generation = generation
    self.asked = asked ?? generation
    self.home = home
  }

  package var current: Row? { rows.flatMap { $0.indices.contains(selected) ? $0[selected] : nil } }
  var item: HistoryItem? { current?.item }
  /// The row of the version that the selected one went on from.
  var parent: Row? { current?.parent.flatMap { number in rows?.first { $0.number == number } } }

  mutating func changeItems(_ change: (inout HistoryItem) -> Void) {
    guard var rows else { return }
    for r in rows.indices {
      for p in rows[r].version.pictures.indices { change(&rows[r].version.pictures[p]) }
    }
    self.rows = rows
  }
}

extension VersionsState.Row {
  var item: HistoryItem? {
    version.pictures.indices.contains(picture) ? version.pictures[picture] : nil
  }
}

extension GenerationRequest {
  /// What of a request makes it another version: not its seed, nor how many pictures.
  fileprivate var ofVersion: GenerationRequest {
    var request = self
    (request.seed, request.count, request.parent, request.template) = (0, 1, nil, nil)
    return request
  }
}

/// The rows of a line, oldest first along it. What branched off stands before what goes on, a step further in;
/// the line goes on to `generation`, else to the newest.
///
/// Paintings with the same words and settings are one version, whatever their seeds.
package func versionRows(
  _ versions: [PictureVersion], leadingTo generation: String
) -> [VersionsState.Row] {
  var nodes: [(version: PictureVersion, parent: Int?)] = []
  var children: [[Int]] = []
  /// The node that a generation became a part of.
  var nodeOf: [String: Int] = [:]
  for version in versions {
    // Whoever is named and not yet known comes later: a recipe may say anything.
    let parent = version.parent.flatMap { nodeOf[$0] }
    let wanted = version.request.ofVersion
    let same = ([parent] + (parent.map { children[$0] } ?? [])).compactMap(\.self)
      .first { nodes[$0].version.request.ofVersion == wanted }
    if let same {
      nodes[same].version.pictures += version.pictures
      nodeOf[version.generation] = same
      continue
    }
    nodeOf[version.generation] = nodes.count
    if let parent { children[parent].append(nodes.count) }
    nodes.append((version, parent))
    children.append([])
  }
  // The line: from where one came from back to the beginning.
  var line: Set<Int> = []
  var here = nodeOf[generation]
  while let node = here {
    line.insert(node)
    here = nodes[node].parent
  }
  var rows: [VersionsState.Row] = []
  func add(_ node: Int, _ depth: Int) {
    var (node, rest) = (node, [Int]())
    while true {
      let pictures = nodes[node].version.pictures
      let best =
        pictures.firstIndex { $0.isFavourite }
        ?? pictures.indices.max { (pictures[$0].rating, $1) < (pictures[$1].rating, $0) }
      rows.append(
        VersionsState.Row(
          version: nodes[node].version, number: node + 1, parent: nodes[node].parent.map { $0 + 1 },
          depth: depth, picture: best ?? 0))
      rest = children[node]
      guard let last = rest.popLast() else { return }
      var goesOn = last
      if let onLine = rest.firstIndex(where: { line.contains($0) }) {
        rest.append(last)
        goesOn = rest.remove(at: onLine)
      }
      for branch in rest { add(branch, depth + 1) }
      node = goesOn
    }
  }
  for root in nodes.indices where nodes[root].parent == nil { add(root, 0) }
  return rows
}
