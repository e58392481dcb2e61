/// The studio as a value: what is on the desk (`AppState`), everything that can happen to it
/// (`Action`), what the world should do about it (`Effect`), and how it looks (`Screen`).
///
/// Two functions do all the work. `update(_:_:)` takes what happened, changes the state and answers
/// with effects; `render(_:)` draws a state. Both are pure: no clock (time arrives inside actions),
/// no files, no pixels (pictures are named by `PictureKey`), no randomness but the seeds the state
/// carries. Keys, footer, help and palette all come from one table of commands for each place
/// (`Commands/`). EaselRuntime owns the state and carries out the effects.
///
/// A newcomer starts at `Update.swift` (everything that can happen), then `Render.swift`
/// (everything that is seen), then one screen in `Screens/`.
