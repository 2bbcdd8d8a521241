import ArgumentParser

@main struct Efvi: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "efvi", abstract: "Virtual interfaces of an emulated X2 adapter, from the command line.",
    subcommands: [DemoCommand.self, LatencyCommand.self])
}
