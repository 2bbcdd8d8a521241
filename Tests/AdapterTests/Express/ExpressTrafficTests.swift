import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Foundation
import Synchronization
import Testing

/// Both ends at work at the same time, with adapters that have a thread of their own.
@Suite struct ExpressTrafficTests {
  private final class Result: Sendable {
    let failure = Mutex<String?>(nil)
    let received = Atomic<Int>(0)
    let ended = DispatchSemaphore(value: 0)
  }

  @Test(arguments: ExpressCableTests.devices)
  func aReaderAndAWriter(_ device: String) throws {
    let count = 6000
    let result = Result()
    let ready = DispatchSemaphore(value: 0)
    let name = "emu:cable:traffic-\(device)"
    Thread {
      defer { result.ended.signal() }
      do {
        let right = try ExpressEnd(
          "\(name)/1,nic=\(device),service=thread", InterfaceOptions(receiveCapacity: 8192))
        try right.interface.addFilter(.ethernet(right.driver.identity.macAddress))
        ready.signal()
        let end = ContinuousClock.now + .seconds(60)
        var read = 0
        while read < count, ContinuousClock.now < end {
          for frame in right.poll() {
            guard frame.isWhole, frame.number == read else {
              throw Missing(what: "frame \(read): \(frame), \(right.adapter.statistics().nonzero)")
            }
            read += 1
            result.received.store(read, ordering: .releasing)
            try right.interface.release(packet: frame.packet)
          }
        }
        guard right.others.isEmpty else { throw Missing(what: "\(right.others)") }
      } catch {
        result.failure.withLock { $0 = "\(error)" }
        ready.signal()
      }
    }.start()
    ready.wait()
    let left = try ExpressEnd("\(name)/0,nic=\(device),service=thread")
    let mac = try Driver.open("\(name)/1").identity.macAddress
    let end = ContinuousClock.now + .seconds(60)
    while left.completed < count, ContinuousClock.now < end {
      // The wire holds few frames; what is not read is lost there.
      if left.sent < count, left.sent - result.received.load(ordering: .acquiring) < 24,
        left.interface.transmitSpaceBytes >= ExpressEnd.length(left.sent)
      {
        try left.send(to: mac)
      }
      _ = left.poll()
      if result.failure.withLock({ $0 != nil }) { break }
    }
    result.ended.wait()
    #expect(result.failure.withLock { $0 } == nil)
    #expect(left.completed == count && result.received.load(ordering: .relaxed) == count && left.others.isEmpty)
  }
}
