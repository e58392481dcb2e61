import EaselApp
import EaselScreen
import Testing

/// What lies on a pop-up, the tabs or the footer has their background: no cell inside shows another.
@Test func textKeepsTheBackgroundOfWhatItLiesOn() throws {
  var state = studio(80, 24, pictures: 8)
  press(&state, escape, letter("2"), letter("i"))
  let screen = render(state)
  func grounds(_ columns: Range<Int>, _ row: Int) -> Set<Role> {
    Set(columns.map { screen[$0, row].style.ground ?? screen[$0, row].style.role })
  }
  #expect(grounds(0..<80, 0) == [.tab, .tabActive])
  #expect(grounds(0..<80, 23) == [.footer])
  // The recipe panel at the right.
  for row in 2..<22 { #expect(grounds(48..<79, row) == [.popup], "row \(row)") }
}
