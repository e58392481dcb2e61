/// A colour that a thing can be painted in and that a caption can name.
public enum SceneColour: String, CaseIterable, Hashable, Sendable, Codable {
  case red, orange, yellow, green, blue, purple, pink, brown, black, white, grey

  /// The middle tone of a thing in this colour: red, green, blue, each 0...1, sRGB.
  var tone: SIMD3<Float> {
    switch self {
    case .red: [0.86, 0.15, 0.15]
    case .orange: [0.97, 0.52, 0.08]
    case .yellow: [0.98, 0.82, 0.14]
    case .green: [0.20, 0.64, 0.24]
    case .blue: [0.15, 0.41, 0.88]
    case .purple: [0.53, 0.24, 0.74]
    case .pink: [0.97, 0.50, 0.70]
    case .brown: [0.50, 0.30, 0.16]
    case .black: [0.15, 0.15, 0.17]
    case .white: [0.94, 0.94, 0.95]
    case .grey: [0.56, 0.57, 0.59]
    }
  }

  /// The colour as a backdrop: softer than a thing of the same colour, so that things stand out.
  var backdrop: SIMD3<Float> {
    switch self {
    case .red: [0.80, 0.24, 0.24]
    case .orange: [0.96, 0.66, 0.36]
    case .yellow: [0.98, 0.90, 0.52]
    case .green: [0.52, 0.78, 0.50]
    case .blue: [0.44, 0.66, 0.92]
    case .purple: [0.62, 0.48, 0.80]
    case .pink: [0.98, 0.76, 0.84]
    case .brown: [0.62, 0.47, 0.35]
    case .black: [0.09, 0.09, 0.11]
    case .white: [0.97, 0.97, 0.96]
    case .grey: [0.72, 0.73, 0.75]
    }
  }
}
