extension Tables {
  static let models: [Binding] = [
    Binding(
      .models(.use), ["Enter"], "paint with it", "Paint with this model from now on.", footer: true),
    Binding(
      .models(.install), ["Enter", "i"], "install",
      "Install the model, or go on with it; before a server is asked, Easel says which.",
      footer: true),
    Binding(
      .models(.decline), ["Esc"], "not now", "Ask no server.", footer: true),
    Binding(
      .models(.cancel), ["x"], "stop",
      "Stop what is being done to this model; what has arrived is kept.", footer: true),
    Binding(
      .models(.verify), ["v"], "check", "Read every byte and compare it.", footer: true),
    Binding(
      .models(.remove), ["d", "Del"], "remove", "Move the model to the trash.", footer: true),
    Binding(.models(.undo), ["u"], "undo", "Take back the last change.", footer: true),
    Binding(
      .models(.add), ["+", "a"], "another",
      "Type where a model is: a folder, a file, an address, owner/name.", footer: true),
    Binding(.models(.down), ["Down", "j"], "down", "One line down.", footer: true),
    Binding(.models(.up), ["Up", "k"], "up", "One line up.", footer: true),
  ]

  static let modelTyping: [Binding] = [
    Binding(
      .models(.accept), ["Enter"], "install", "Install the model from there.", footer: true),
    Binding(.models(.abandon), ["Esc", "^G"], "cancel", "Type nothing.", footer: true),
  ]
}
