import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Foundation
import Testing

/// Adapters of superbufs with a thread of their own: commands are carried out by whoever gives them, frames are
/// written by the adapter's thread.
@Suite struct ExpressThreadTests {
  private func rig(_ generation: Generation) throws -> Rig {
    var settings = AdapterSettings()
    settings.generation = generation
    settings.service = .thread
    return try Rig(settings, settings)
  }

  private func within(_ seconds: Double, _ isDone: () throws -> Bool) rethrows -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      if try isDone() { return true }
      usleep(50)
    }
    return try isDone()
  }

  @Test func anX3ServesItself() throws {
    let rig = try rig(.x3)
    let sender = try RawExpress(rig.left)
    let receiver = try RawExpress(rig.right)
    let reader = try SharedReader(try receiver.receive(.ethernet(rig.right.macAddress), superbufs: 8))
    #expect(receiver.grant.service == nil)
    var completed = 0
    for number in 0..<4000 {
      sender.send(rig.frame(60, fill: UInt8(truncatingIfNeeded: number)))
      let isThere = within(10) {
        completed += sender.waitingEvents().count
        let frames = reader.frames()
        return frames.last?.bytes == rig.frame(60, fill: UInt8(truncatingIfNeeded: number))
      }
      try #require(isThere, "frame \(number)")
    }
    #expect(reader.read == 4000 && reader.gaps == 0)
    let isCompleted = within(10) {
      let last = sender.waitingEvents().last
      completed += last == nil ? 0 : 1
      return last.map { $0 >> 40 & 0xff == 3999 & 0xff } ?? false || completed > 0
    }
    #expect(isCompleted)
  }

  @Test func anX4ServesItself() throws {
    let rig = try rig(.x4Express)
    let sender = try RawExpress(rig.left)
    let receiver = try RawExpress(rig.right, superbufs: 4)
    let queue = try receiver.receive(.ethernet(rig.right.macAddress))
    for index in 0..<4 { try receiver.post(index, queue) }
    var events = 0
    for number in 0..<2048 {
      sender.send(rig.frame(60, fill: UInt8(truncatingIfNeeded: number)))
      let slot = Slot(try receiver.superbuf(number / 512), number % 512)
      let isThere = within(10) {
        events += receiver.waitingEvents().filter { $0 >> 60 == 0 }.count
        return slot.metadata.sentinel && events == number + 1
      }
      try #require(isThere, "frame \(number)")
      try #require(slot.bytes(60) == rig.frame(60, fill: UInt8(truncatingIfNeeded: number)))
    }
  }

  @Test(arguments: StreamTests.generations)
  func aSleeperWakes(_ generation: Generation) throws {
    let rig = try rig(generation)
    let sender = try RawExpress(rig.left)
    let receiver = try RawExpress(rig.right, superbufs: 1)
    let queue = try receiver.receive(.ethernet(rig.right.macAddress))
    if generation != .x3 { try receiver.post(0, queue) }
    func wakes(_ milliseconds: Int32) -> Bool {
      var request = pollfd(fd: receiver.grant.waitDescriptor, events: Int16(POLLIN), revents: 0)
      return poll(&request, 1, milliseconds) == 1
    }
    for round in 0..<5 {
      repeat {
        _ = receiver.waitingEvents()
        receiver.prime()
      } while wakes(20)
      sender.send(rig.frame(60))
      #expect(wakes(10_000), "round \(round)")
    }
  }
}
