import EtherFabric
import Glibc

/// A program with the tool's input and outputs.
struct ChildProgram {
  private let words: [String]
  private let environment: [String: String]

  /// - Parameter environment: what is added to the tool's own.
  init(_ words: [String], environment: [String: String]) {
    self.words = words
    self.environment = environment
  }

  /// Runs it to its end; SIGINT and SIGTERM go on to it.
  /// - Parameter observer: looks ten times a second.
  /// - Returns: its status as a shell tells it; 127 where it cannot be started.
  func run(observer: RunObserver?) -> Int32 {
    for (name, value) in environment { setenv(name, value, 1) }
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for word in arguments { free(word) } }
    var child: pid_t = 0
    let refused = posix_spawnp(&child, words[0], nil, nil, &arguments, environ)
    guard refused == 0 else {
      Output.note("efvi: \(words[0]): \(String(cString: strerror(refused)))\n")
      return 127
    }
    var status: Int32 = 0
    var passed: Int32?
    while true {
      let ended = waitpid(child, &status, observer == nil ? 0 : WNOHANG)
      if ended == child || (ended < 0 && errno != EINTR) { break }
      if let signal = Interruption.signal, passed != signal {
        passed = signal
        kill(child, signal)
      }
      guard let observer else { continue }
      observer.look()
      usleep(100_000)
    }
    return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
  }
}
