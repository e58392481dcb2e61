internal import EaselKit

/// Pictures that turn by themselves in the viewer, until a key.
public struct Slideshow: Hashable, Sendable {
  /// Seconds that may be chosen.
  static let paces = [1, 2, 3, 5, 8, 12, 20, 30, 60]

  /// How long each picture is shown.
  public var seconds = 3
  /// Rises with every turn and every change of pace, so that a time that was set before is known by it.
  public var number = 0
  public init() {}
}

extension AppState {
  /// Why no pictures can turn by themselves here; nil when they can.
  var slidesProblem: String? {
    let isAlone =
      viewer.source == .gallery
      ? gallery.count < 2 : viewerNeighbour(1) == nil && viewerNeighbour(-1) == nil
    return isAlone ? "there is one picture only" : nil
  }

  mutating func startSlides() -> [Effect] {
    var slides = Slideshow()
    // Times of an earlier show may still be under way.
    slidesStarted += 1
    slides.number = slidesStarted
    viewer.slides = slides
    viewer.lens = Lens()
    viewer.heat = nil
    notice = nil
    return [.turnSlide(after: Double(slides.seconds), slides.number)]
  }

  mutating func perform(_ command: SlideCommand) -> [Effect] {
    guard var slides = viewer.slides else { return [] }
    switch command {
    case .stop:
      viewer.slides = nil
      return []
    case .slower, .faster:
      let paces = Slideshow.paces
      let here = paces.firstIndex { $0 >= slides.seconds } ?? 0
      slides.seconds = paces[clamp(here + (command == .slower ? 1 : -1), 0...(paces.count - 1))]
      return setNextSlide(slides)
    }
  }

  /// A picture was shown for its time.
  mutating func slideDue(_ number: Int) -> [Effect] {
    guard let slides = viewer.slides, slides.number == number else { return [] }
    var effects: [Effect] = []
    if viewerNeighbour(1) != nil {
      effects = turnViewer(1)
    } else {
      // After the last one, from the first again.
      switch viewer.source {
      case .gallery: effects = moveInGallery(-gallery.count)
      case .canvas:
        while let first = viewerNeighbour(-1) {
          compose.shown?.index = first
          compose.follows = false
        }
      }
    }
    return effects + setNextSlide(slides)
  }

  private mutating func setNextSlide(_ slides: Slideshow) -> [Effect] {
    var slides = slides
    slidesStarted += 1
    slides.number = slidesStarted
    viewer.slides = slides
    return [.turnSlide(after: Double(slides.seconds), slides.number)]
  }
}
