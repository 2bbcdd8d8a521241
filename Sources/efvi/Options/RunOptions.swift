import ArgumentParser

/// How long a run lasts, and how it waits and reports.
struct RunOptions: ParsableArguments {
  @Option(help: "Stop after this many seconds.")
  var seconds: Double?

  @Flag(help: "Poll without ever sleeping.")
  var spin = false

  @Flag(help: "Print the totals as one line of JSON.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print the totals only.")
  var quiet = false

  func validate() throws {
    if let seconds, !(seconds > 0) { throw ValidationError("--seconds \(seconds): give more than 0.") }
  }
}
