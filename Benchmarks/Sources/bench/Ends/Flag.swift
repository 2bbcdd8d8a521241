import CBaseline
import Glibc
import NetworkLab

/// What ends a loop of another thread, in C or in Swift.
struct Flag: Sendable {
  nonisolated(unsafe) let pointer: UnsafeMutablePointer<Bool>

  init() {
    pointer = .allocate(capacity: 1)
    pointer.initialize(to: false)
  }

  var isSet: Bool {
    @inline(__always) get { baseline_is_set(pointer) }
  }

  func set() { pointer.pointee = true }
  func clear() { pointer.pointee = false }
  func free() { pointer.deallocate() }
}

/// Sets a flag after a time.
struct Timer {
  private let thread: LabThread<Void>

  init(_ seconds: Double, _ flag: Flag) throws {
    let microseconds = UInt32(seconds * 1e6)
    thread = try LabThread(name: "timer") {
      usleep(microseconds)
      flag.set()
    }
  }

  func join() { _ = try? thread.join() }
}
