import ArgumentParser

/// `efvi doctor`.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract:
      "Looks at the host: what each device string would get, what is missing for it, and the line that mends it.",
    discussion: """
      Opens no adapter and changes nothing. A note is what costs speed, or is missing for devices that this host does not
      have; a fault keeps a card that is there from working.

      EXAMPLES
        efvi doctor
        efvi doctor --json

      \(ExitStatus.help)
      """)

  @Flag(help: "Print one line of JSON.")
  var json = false

  @Option(help: ArgumentHelp("Look at the files of another root.", visibility: .hidden))
  var root = ""

  func run() {
    let examination = Examination(HostFiles(root: root))
    Output.write(json ? examination.json : examination.text)
  }
}
