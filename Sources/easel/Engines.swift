import EaselKit
import EaselMuse

/// Everything that paints, in the order it is listed. A new engine is one line here.
func makeEngines(_ catalog: ModelCatalog) -> [any ImageEngine] {
  [
    MuseEngine(catalog: catalog)
  ]
}
