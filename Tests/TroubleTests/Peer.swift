import EtherFabric
import Glibc
import NetworkLab
import Synchronization

/// A program on a thread of its own.
final class Peer {
  private final class Progress: Sendable {
    let received = Atomic(0)
    let sends = Atomic(true)
    let isOver = Atomic(false)
  }

  let macAddress: MACAddress
  private let progress = Progress()
  private let thread: LabThread<Account>

  /// In the calling thread's network; `destination` is where its frames go.
  init(_ device: String, to destination: MACAddress) throws {
    let progress = progress
    // It is there when this returns.
    let driver = try Driver.open(device)
    macAddress = driver.identity.macAddress
    thread = try LabThread(name: "peer") {
      var program = try Program(driver, to: destination)
      while !progress.isOver.load(ordering: .relaxed) {
        try program.step(sends: progress.sends.load(ordering: .relaxed))
        progress.received.store(program.received, ordering: .relaxed)
      }
      try program.settle()
      return program.account
    }
  }

  deinit { progress.isOver.store(true, ordering: .relaxed) }

  /// Frames that it has received.
  var received: Int { progress.received.load(ordering: .relaxed) }

  /// It goes on to receive.
  func stopSending() { progress.sends.store(false, ordering: .relaxed) }

  /// Lets it end.
  func finish() throws -> Account {
    progress.isOver.store(true, ordering: .relaxed)
    return try thread.join()
  }
}
