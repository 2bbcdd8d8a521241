import Glibc
import Synchronization

/// SIGINT and SIGTERM as a flag that loops look at.
enum Interruption {
  private static let caught = Atomic<Int32>(0)

  /// Makes the first signal set the flag; a second one ends the process.
  static func install() {
    // The handler must not be the first to touch the flag.
    caught.store(0, ordering: .relaxed)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { signal in Interruption.caught.store(signal, ordering: .relaxed) }
    action.sa_flags = CInt(bitPattern: UInt32(SA_RESETHAND))
    for signal in [SIGINT, SIGTERM] { sigaction(signal, &action, nil) }
  }

  /// The signal that was caught, nil where there was none.
  @inline(__always)
  static var signal: Int32? {
    let signal = caught.load(ordering: .relaxed)
    return signal == 0 ? nil : signal
  }
}
