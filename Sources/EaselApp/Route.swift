/// The screens, in the order of their tabs; the others lie above them.
public enum Route: String, Hashable, Sendable, CaseIterable, Codable {
  case compose, gallery, models, train, settings, viewer, compare, retouch, versions

  /// The screens that have a tab.
  public static let tabs: [Route] = [.compose, .gallery, .models, .train, .settings]

  public var title: String {
    switch self {
    case .compose: "Compose"
    case .gallery: "Gallery"
    case .models: "Models"
    case .train: "Train"
    case .settings: "Settings"
    case .viewer: "Viewer"
    case .compare: "Compare"
    case .retouch: "Retouch"
    case .versions: "Versions"
    }
  }
}
