import EtherFabric
import Foundation
import Synchronization

/// The thread of an adapter that is not served by its callers: it watches the doorbells and the wire.
final class ServiceThread: @unchecked Sendable {
  private let isStopping = Atomic<Bool>(false)
  private let ended = DispatchSemaphore(value: 0)
  private let port: UnsafeMutablePointer<PortState>

  init(port: UnsafeMutablePointer<PortState>, wire: any Wire) {
    self.port = port
    let thread = Thread { [self] in run() }
    thread.name = "efvi-service"
    thread.start()
  }

  func stop() {
    isStopping.store(true, ordering: .releasing)
    ended.wait()
  }

  /// Spins while there is work, and ever more slowly when there is none: doorbells are memory, and nothing wakes a
  /// thread that does not look at them.
  private func run() {
    var idle = 0
    while !isStopping.load(ordering: .acquiring) {
      if port.serviceAll() {
        idle = 0
      } else {
        idle += 1
        if idle > 20_000 { usleep(50) } else if idle > 200 { sched_yield() }
      }
    }
    ended.signal()
  }
}
