import Glibc

/// What the demo prints: numbered steps, what came of them, and progress where a person looks on.
struct DemoScreen: Sendable {
  private let isTerminal = isatty(STDOUT_FILENO) != 0

  func step(_ number: Int, _ what: String, why: String) {
    clear()
    print("\n[\(number)] \(what)")
    line(why)
  }

  func line(_ text: String) {
    clear()
    print("    " + text)
    fflush(nil)
  }

  /// Lines of a table, as other tools read them: not indented.
  func table(_ text: String) {
    clear()
    print(text, terminator: "")
    fflush(nil)
  }

  /// A line that the next one replaces; nothing in a pipe.
  func progress(_ text: String) {
    guard isTerminal else { return }
    print("\r\u{1b}[K    " + text, terminator: "")
    fflush(nil)
  }

  private func clear() {
    if isTerminal { print("\r\u{1b}[K", terminator: "") }
  }
}

/// Why the demo ends early.
enum DemoError: Error, CustomStringConvertible {
  case interrupted
  /// A step did not do what it shows.
  case failed(String)

  var description: String {
    switch self {
    case .interrupted: "stopped by Ctrl-C"
    case .failed(let reason): reason
    }
  }

  static func checkInterrupt() throws { if Interrupt.happened { throw interrupted } }
}
